//! A macro of the user's own under a name of std's that comes without an import of its name, with an argument that
//! may suspend.

#[macro_use]
mod everywhere {
    macro_rules! dbg {
        ($shown:expr) => {
            stringify!($shown).len()
        };
    }
}
#[vthread::vthread]
fn one() -> u32 {
    1
}

#[vthread::vthread]
fn uses() {
    println!("{}", dbg!(one()));
    // This suspends nowhere, and is what it is.
    let n = 1;
    println!("{}", dbg!(n));
}

fn main() {
    uses();
}
