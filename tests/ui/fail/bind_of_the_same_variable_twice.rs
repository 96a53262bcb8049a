use vthread::prelude::*;

context_var! {
    static ID: u64 = 0;
}

#[vthread]
fn serve() {
    bind!(ID = 1, ID = 2 => {});
}

fn main() {
    serve();
}
