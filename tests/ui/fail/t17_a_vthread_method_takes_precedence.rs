use vthread::prelude::*;

struct Parser;

impl Parser {
    fn error(&self) -> u8 {
        0
    }
}

mod ext {
    use vthread::prelude::*;

    // Nothing of it is visible in the text.
    macro_rules! made {
        () => {
            #[vthread]
            pub trait Ext {
                fn error(&mut self) -> u8;
            }

            #[vthread]
            impl Ext for super::Parser {
                fn error(&mut self) -> u8 {
                    1
                }
            }
        };
    }
    made!();
}
use ext::Ext;

#[vthread]
fn parse(parser: &mut Parser) -> u8 {
    parser.error()
}

fn main() {
    parse(&mut Parser);
}
