use vthread::prelude::*;

context_var! {
    static NAME: &'static str = "nobody";
}

#[vthread]
fn serve() {
    let name = String::from("somebody");
    bind!(NAME = &name => vthread::yield_now());
}

fn main() {
    serve();
}
