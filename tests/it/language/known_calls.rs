//! Calls that the macro knows from the text of their module: they mean what they mean in plain Rust
//! whatever else has their names.

use vthread::prelude::*;
use vthread::yield_now;

fn plain(n: u32) -> u32 {
    n + 1
}

#[vthread]
fn suspends(n: u32) -> u32 {
    yield_now();
    n + 2
}

#[vthread]
fn generic<T: Clone, R>(value: &T, f: impl Fn(T) -> R) -> R {
    yield_now();
    f(value.clone())
}

mod elsewhere {
    use vthread::prelude::*;

    #[vthread]
    pub(super) fn plain(n: u32) -> u32 {
        vthread::yield_now();
        n + 10
    }

    /// Plain functions and vthread functions of the module around, by a glob.
    pub(super) mod inside {
        use super::super::*;

        #[vthread]
        pub(in super::super) fn both(n: u32) -> u32 {
            plain(n) + suspends(n) * 100
        }
    }
}

#[test]
#[vthread]
fn t17_functions_of_the_module_are_called() {
    assert_eq!(plain(1), 2);
    assert_eq!(self::plain(suspends(1)), 4);
    assert_eq!(suspends(plain(1)), 4);
    assert_eq!(generic::<_, String>(&7, |n: u8| n.to_string()), "7");
    assert_eq!([1, 2].map(plain).map(suspends), [4, 5]);
    assert_eq!(elsewhere::inside::both(1), 302);
}

#[test]
#[vthread]
fn t17_what_the_body_has_under_their_names_takes_precedence() {
    {
        use elsewhere::plain;
        assert_eq!(plain(1), 11);
    }
    {
        let suspends = |n: u32| n + 30;
        assert_eq!(suspends(1), 31);
    }
    {
        fn suspends(n: u32) -> u32 {
            n + 40
        }
        #[vthread]
        fn plain(n: u32) -> u32 {
            yield_now();
            n + 50
        }
        assert_eq!((plain(1), suspends(1)), (51, 41));
    }
    assert_eq!((plain(1), suspends(1)), (2, 3));
}

struct Parser<'a> {
    text: &'a str,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Parser { text }
    }

    fn error(&self, at: usize) -> String {
        format!("{} at {at}", self.text)
    }

    fn bump(&mut self) -> usize {
        self.text = &self.text[1..];
        self.text.len()
    }

    fn end(self) -> &'a str {
        self.text
    }
}

#[vthread]
impl Parser<'_> {
    fn fetch(&mut self, n: usize) -> usize {
        yield_now();
        let at = self.bump();
        at + n + self.error(n).len() + self.peek(n)
    }

    fn peek(&self, n: usize) -> usize {
        yield_now();
        n
    }
}

struct Client;

/// The same names, the other way round.
#[vthread]
impl Client {
    fn error(&self, at: usize) -> String {
        yield_now();
        format!("client at {at}")
    }
    fn bump(&mut self) -> usize {
        yield_now();
        100
    }
}

impl Client {
    fn fetch(&mut self, n: usize) -> usize {
        n + 200
    }
}

struct Pair(u8, Client);

#[vthread]
fn parse(parser: &mut Parser<'_>, client: &Client) -> (String, usize, String) {
    let message = parser.error(1);
    let rest = parser.bump() + parser.fetch(10);
    (message, rest, client.error(2))
}

#[test]
#[vthread]
fn t17_methods_of_written_types_are_called() {
    let mut parser = Parser::new("abcdef");
    assert_eq!(
        parse(&mut parser, &Client),
        (
            "abcdef at 1".to_owned(),
            5 + 4 + 10 + 10 + 10,
            "client at 2".to_owned()
        )
    );
    assert_eq!(parser.error(3), "cdef at 3");
    assert_eq!(parser.bump(), 3);
    assert_eq!(parser.end(), "def");
    let mut client: Client = Client;
    assert_eq!(
        (client.error(1), client.bump()),
        ("client at 1".to_owned(), 100)
    );
    assert_eq!(client.fetch(1), 201);
}

#[test]
#[vthread]
fn t17_a_variable_of_another_type_is_another_one() {
    let it = Parser::new("ab");
    assert_eq!(it.error(1), "ab at 1");
    for it in [Client] {
        assert_eq!(it.error(1), "client at 1");
    }
    if let Some(it) = Some(Client) {
        assert_eq!(it.error(2), "client at 2");
    }
    let of = |it: &Client| it.error(3);
    assert_eq!(of(&Client), "client at 3");
    match Pair(0, Client) {
        Pair(_, it) => assert_eq!(it.error(4), "client at 4"),
    }
    assert_eq!(it.error(5), "ab at 5");
    let Pair(_, it) = Pair(0, Client);
    assert_eq!(it.error(6), "client at 6");
    #[cfg(test)]
    let it = Parser::new("cd");
    #[cfg(not(test))]
    let it = Client;
    assert_eq!(it.error(7), "cd at 7");
    let it = group! { spawn! { Client }.join() };
    assert_eq!(it.error(8), "client at 8");
}

#[vthread]
fn of_a_parameter<Parser: Named>(parser: &Parser) -> String {
    parser.error(1)
}

#[vthread]
trait Named {
    fn error(&self, at: usize) -> String;
}

#[vthread]
impl Named for Pair {
    fn error(&self, at: usize) -> String {
        yield_now();
        format!("pair {} at {at}", self.0)
    }
}

#[test]
#[vthread]
fn t17_a_type_parameter_may_have_the_name_of_a_type() {
    assert_eq!(of_a_parameter(&Pair(5, Client)), "pair 5 at 1");
}

struct Scanner(u8);

impl Scanner {
    fn hop(&self) -> u8 {
        self.0
    }
}

/// For a `&mut Scanner` it takes precedence over the scanner's own.
#[vthread]
trait Hops {
    fn hop(&mut self) -> u8;
}

#[vthread]
impl Hops for Scanner {
    fn hop(&mut self) -> u8 {
        yield_now();
        self.0 += 100;
        self.0
    }
}

#[vthread]
fn hops(scanner: &mut Scanner) -> u8 {
    scanner.hop()
}

#[test]
#[vthread]
fn t17_a_trait_of_the_file_takes_precedence() {
    let mut scanner = Scanner(1);
    assert_eq!(scanner.hop(), 1);
    assert_eq!(hops(&mut scanner), 101);
}
