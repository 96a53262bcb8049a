use vthread::prelude::*;

context_var! {
    static ID: u64 = 0;
}

#[vthread]
fn serve() {
    bind!(ID = 7, {});
}

fn main() {
    serve();
}
