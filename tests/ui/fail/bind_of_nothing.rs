use vthread::prelude::*;

#[vthread]
fn serve() {
    bind!(=> {});
}

fn main() {
    serve();
}
