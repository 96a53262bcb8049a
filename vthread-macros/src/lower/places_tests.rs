//! Checks the rule of `emit::call::in_place` for all generated code: each generated `.await` has a
//! check of its place in the same body, beside it or in the generated expression around it.

use super::{Lowering, Returns, Subject};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprAsync, ExprAwait, ExprClosure, ExprMatch, Label, Stmt, parse_quote};

/// A walk that finds awaits without a check.
#[derive(Default)]
struct Places {
    /// For each enclosing block and match of the same body: whether it checks.
    checked: Vec<bool>,
    n_awaits: usize,
    unchecked: Vec<String>,
}

/// Whether dead code among the block's own statements leaves the frame.
fn checks(block: &Block) -> bool {
    let is_check = |expr: &Expr| match expr {
        Expr::Block(dead) => {
            let is_dead = |label: &Label| label.name.ident == "__l";
            dead.label.as_ref().is_some_and(is_dead)
                && dead
                    .block
                    .to_token_stream()
                    .to_string()
                    .contains("break '__frame")
        }
        _ => false,
    };
    block.stmts.iter().any(|statement| match statement {
        Stmt::Expr(expr, _) => is_check(expr),
        Stmt::Local(local) => local.init.as_ref().is_some_and(|init| is_check(&init.expr)),
        _ => false,
    })
}

impl<'ast> Visit<'ast> for Places {
    fn visit_expr_async(&mut self, body: &'ast ExprAsync) {
        let around = std::mem::take(&mut self.checked);
        visit::visit_expr_async(self, body);
        self.checked = around;
    }
    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        let around = std::mem::take(&mut self.checked);
        visit::visit_expr_closure(self, closure);
        self.checked = around;
    }
    fn visit_block(&mut self, block: &'ast Block) {
        self.checked.push(checks(block));
        visit::visit_block(self, block);
        self.checked.pop();
    }
    fn visit_expr_match(&mut self, choice: &'ast ExprMatch) {
        // The scrutinee and the only arm are one generated expression.
        self.checked.push(match &choice.arms[..] {
            [arm] => matches!(&*arm.body, Expr::Block(body) if checks(&body.block)),
            _ => false,
        });
        visit::visit_expr_match(self, choice);
        self.checked.pop();
    }
    fn visit_expr_await(&mut self, awaited: &'ast ExprAwait) {
        self.n_awaits += 1;
        if !self.checked.contains(&true) {
            self.unchecked.push(awaited.to_token_stream().to_string());
        }
        visit::visit_expr_await(self, awaited);
    }
}

fn places(mut written: Expr) -> Places {
    let mut body = Lowering::new(Subject::default(), Returns::default());
    body.visit_expr_mut(&mut written);
    let text = written.to_token_stream().to_string();
    let rewritten = syn::parse_str::<Expr>(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut places = Places::default();
    places.visit_expr(&rewritten);
    places
}

#[test]
fn each_await_is_checked_in_its_own_body() {
    let all: Vec<(usize, Expr)> = vec![
        // Links and arguments of one chain.
        (3, parse_quote!(a.one().two().three())),
        (4, parse_quote!(a.one(b.two(), f()).three())),
        (
            4,
            parse_quote!(a.one(-b.two() as u8, (f()?, &c[1])).three()?),
        ),
        (3, parse_quote!(a.one(b.two() && c.three()))),
        (3, parse_quote!(f(g(a.one())))),
        // The user's own bodies among the operands: nothing in them is awaited.
        (2, parse_quote!(a.one(async { b.two(f()).three() }).four())),
        (2, parse_quote!(a.one(async || b.two().three()).four())),
        (2, parse_quote!(a.one(|| b.two().three()).four())),
        (2, parse_quote!(a.one(|| async { b.two().three() }).four())),
        (2, parse_quote!(a.one(const { f().g() }).four())),
        (1, parse_quote!((|| b.two().three())().four())),
        (1, parse_quote!(a.one(foreign!(b.two().three())))),
        (1, parse_quote!(a.one(info!("{}", b.two().three())))),
        // Blocks, macros and futures among the operands, which check by themselves.
        (
            4,
            parse_quote!(
                a.one({
                    let x = b.two();
                    x.three()
                })
                .four()
            ),
        ),
        (
            4,
            parse_quote!(a.one(if b.two() { c.three() } else { 1 }).four()),
        ),
        (4, parse_quote!(a.one(unsafe { b.two().three() }).four())),
        (
            3,
            parse_quote!(
                a.one(loop {
                    break b.two();
                })
                .three()
            ),
        ),
        (3, parse_quote!(a.one(future.await).three())),
        (4, parse_quote!(a.one(f().get().await).four())),
        (
            4,
            parse_quote!(a.one(format!("{}", b.two().three())).four()),
        ),
        (4, parse_quote!(a.one(vec![b.two().three()]).four())),
        // Calls of which a type is expected, and whose arguments may be coerced.
        (2, parse_quote!(S { field: f(&[g()]) })),
        (
            2,
            parse_quote!(S {
                field: a.one(&[g()])
            }),
        ),
        (
            2,
            parse_quote!(S {
                field: T::one(&[g()])
            }),
        ),
        (3, parse_quote!(a.one(f(&x), T::two(&x)))),
        (3, parse_quote!(f(a.two(&x), b.three(async { c.four(&x) })))),
    ];
    for (n, written) in all {
        let text = written.to_token_stream().to_string();
        let places = places(written);
        assert!(
            places.unchecked.is_empty(),
            "{text}: {:?}",
            places.unchecked
        );
        assert!(places.n_awaits >= n, "{text}: {} awaits", places.n_awaits);
    }
}

#[test]
fn constructs_among_the_operands_of_a_chain_check_for_themselves() {
    let all: Vec<Expr> = vec![
        parse_quote!(
            a.one(group! { spawn! { b.two().three() }; c.four() })
                .five()
        ),
        parse_quote!(a.one(timeout!(d() => { b.two(c.three()) })).five()),
        parse_quote!(a.one(shield! { b.two(async { c.three() }) }).five()),
        parse_quote!(
            a.one({
                defer! { b.two().three(); }
                c.four()
            })
            .five()
        ),
        parse_quote!(
            a.one(select! { x = b.two() => x.three(), y = c.four() => y.five() })
                .six()
        ),
        parse_quote!(a.one(race! { b.two().three(), c.four() }).five()),
        parse_quote!(
            a.one(loop {
                group! { break b.two(); }
            })
            .five()
        ),
    ];
    for written in all {
        let text = written.to_token_stream().to_string();
        let places = places(written);
        assert!(places.n_awaits >= 2, "{text}: {} awaits", places.n_awaits);
        assert!(
            places.unchecked.is_empty(),
            "{text}: {:?}",
            places.unchecked
        );
    }
}

/// The walk itself finds the violations.
#[test]
fn an_await_in_a_body_without_a_check_is_found() {
    let wrong: Expr = parse_quote!(match async { f().await } {
        __x => {
            '__l: {
                break '__frame break '__l;
            }
            __x.await
        }
    });
    let mut places = Places::default();
    places.visit_expr(&wrong);
    assert_eq!((places.n_awaits, places.unchecked.len()), (2, 1));
}
