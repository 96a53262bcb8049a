use vthread::prelude::*;

context_var! {
    static ID: u64 = 0;
}

#[vthread]
fn serve() -> String {
    bind!(ID = 1 => ID.get())
}

fn main() {
    serve();
}
