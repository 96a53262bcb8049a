use vthread::prelude::*;

#[vthread]
fn serve() {
    bind!(7 => {});
}

fn main() {
    serve();
}
