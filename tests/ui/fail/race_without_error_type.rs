use vthread::prelude::*;

#[vthread]
fn any(words: &[&str]) -> Option<u32> {
    race!(for word in words => {
        let n: u32 = word.parse()?;
        Ok(n)
    })
    .ok()
}

fn main() {
    any(&[]);
}
