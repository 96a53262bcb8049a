//! Unknown and misplaced options of `background!`.
use vthread::prelude::*;

fn main() {
    background!(service => {});
    background!(g => {});
    background!(grace = 1 => {});
    background!(nme = "x" => {});
    background!(name => {});
    background! { || 1 };
}
