//! `'scope` can neither shrink nor grow, and the error type cannot change.
use vthread::Group;

fn shrinks<'short, 'long: 'short>(g: &'short Group<'long, ()>) -> &'short Group<'short, ()> {
    g
}

fn grows<'short, 'long: 'short>(g: &'short Group<'short, ()>) -> &'short Group<'long, ()> {
    g
}

fn other_error<'a, 'g, 's>(g: &'g Group<'s, &'static str>) -> &'g Group<'s, &'a str> {
    g
}

trait Spawner<'scope> {
    fn group(&self) -> &Group<'scope, ()>;
}

fn through_dyn<'short, 'long: 'short>(spawner: &'short dyn Spawner<'short>) -> &'short dyn Spawner<'long> {
    spawner
}

fn main() {}
