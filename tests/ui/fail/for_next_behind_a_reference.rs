use vthread::prelude::*;

struct Ids(u64);

#[vthread]
impl Ids {
    fn next(&mut self) -> Option<u64> {
        self.0 += 1;
        Some(self.0)
    }
}

#[vthread]
fn prints(ids: &Ids) {
    for id in ids {
        println!("{id}");
    }
}

fn main() {
    prints(&Ids(0));
}
