use vthread::prelude::*;

struct Ids(u64);

#[vthread]
impl Ids {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[vthread]
fn prints(ids: Ids) {
    for id in ids {
        println!("{id}");
    }
}

fn main() {
    prints(Ids(0));
}
