//! A group is made by `group!` only.
use vthread::Group;

fn main() {
    let _: Group<'static, String> = Group {
        _scope: std::marker::PhantomData,
    };
}
