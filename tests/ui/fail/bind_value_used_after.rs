use vthread::prelude::*;

context_var! {
    static NAME: String = "nobody".to_string();
}

#[vthread]
fn serve(name: String) -> usize {
    bind!(NAME = name => vthread::yield_now());
    name.len()
}

fn main() {
    serve("somebody".to_string());
}
