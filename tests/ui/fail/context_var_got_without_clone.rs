use vthread::prelude::*;

struct Connection;

context_var! {
    static CONNECTION: Connection = Connection;
}

#[vthread]
fn serve() {
    CONNECTION.get();
}

fn main() {
    serve();
}
