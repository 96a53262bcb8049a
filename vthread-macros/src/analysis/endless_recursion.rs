//! A function that calls itself on every path. rustc's lint about it looks at the calls of a
//! function, and the expansion of a vthread function has none of itself: its frame is made first
//! and run later. So the expansion contains a small plain function where the lint fires, if the
//! user's one would make it fire.
//!
//! What is not understood counts as a way out: no warning is better than a wrong one.

use super::impl_siblings::{Known, Siblings, Taking};
use super::tail::macro_diverges;
use crate::emit::attributes;
use crate::emit::call::Extent;
use crate::names::plain_text;
use syn::{BinOp, Block, Expr, ExprCall, ExprMethodCall, Item, Macro, Path, Stmt};

/// The function.
pub(crate) struct Itself<'a> {
    /// Its name, if it is a function.
    pub(crate) function: Option<&'a str>,
    /// Its name, if it is a method.
    pub(crate) method: Option<&'a str>,
    pub(crate) taking: Option<Taking>,
    pub(crate) siblings: &'a Siblings,
}

/// What happens in a part of the body.
#[derive(Clone, Copy)]
enum Flow {
    /// The code behind it runs.
    Goes,
    /// The function calls itself there.
    Recurs(Extent),
    /// It never ends, and does not return either.
    Stops,
    /// It may leave the function, or its surroundings.
    Leaves,
}

/// The call of the function itself that each path reaches, if there is one.
pub(crate) fn inevitable_call(body: &Block, itself: Itself<'_>) -> Option<Extent> {
    match itself.block(body) {
        Flow::Recurs(call) => Some(call),
        _ => None,
    }
}

impl Flow {
    /// What happens if one of both happens.
    fn or(self, other: Flow) -> Flow {
        match (self, other) {
            (Flow::Leaves, _) | (_, Flow::Leaves) => Flow::Leaves,
            (Flow::Goes, _) | (_, Flow::Goes) => Flow::Goes,
            (Flow::Recurs(call), _) | (_, Flow::Recurs(call)) => Flow::Recurs(call),
            (Flow::Stops, Flow::Stops) => Flow::Stops,
        }
    }

    /// What happens if `next` comes behind it.
    fn then(self, next: impl FnOnce() -> Flow) -> Flow {
        match self {
            Flow::Goes => next(),
            decided => decided,
        }
    }

    /// What happens if it may be left out.
    fn perhaps(self) -> Flow {
        self.or(Flow::Goes)
    }
}

impl Itself<'_> {
    fn block(&self, block: &Block) -> Flow {
        if block.stmts.iter().any(|statement| self.declares(statement)) {
            return Flow::Leaves;
        }
        let statements = block.stmts.iter();
        statements.fold(Flow::Goes, |so_far, statement| {
            so_far.then(|| match attributes::is_conditional(statement) {
                true => self.statement(statement).perhaps(),
                false => self.statement(statement),
            })
        })
    }

    /// Whether another item of the function's name is here.
    fn declares(&self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Item(Item::Fn(function)) => {
                self.function == Some(plain_text(&function.sig.ident).as_str())
            }
            Stmt::Item(Item::Use(_)) => true,
            _ => false,
        }
    }

    fn statement(&self, statement: &Stmt) -> Flow {
        match statement {
            Stmt::Local(local) => match &local.init {
                None => Flow::Goes,
                Some(init) => self.expr(&init.expr).then(|| match &init.diverge {
                    None => Flow::Goes,
                    Some((_, otherwise)) => self.expr(otherwise).perhaps(),
                }),
            },
            Stmt::Expr(expr, _) => self.expr(expr),
            Stmt::Macro(invocation) => invoked(&invocation.mac),
            Stmt::Item(_) => Flow::Goes,
        }
    }

    fn all<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>) -> Flow {
        let exprs = exprs.into_iter();
        exprs.fold(Flow::Goes, |so_far, expr| so_far.then(|| self.expr(expr)))
    }

    fn expr(&self, expr: &Expr) -> Flow {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Binary(binary) => match binary.op {
                BinOp::And(_) | BinOp::Or(_) => {
                    let right = || self.expr(&binary.right).perhaps();
                    self.expr(&binary.left).then(right)
                }
                _ => self.all([&*binary.left, &*binary.right]),
            },
            Expr::Assign(assign) => self.all([&*assign.right, &*assign.left]),
            Expr::Unary(unary) => self.expr(&unary.expr),
            Expr::Paren(inner) => self.expr(&inner.expr),
            Expr::Group(inner) => self.expr(&inner.expr),
            Expr::Cast(cast) => self.expr(&cast.expr),
            Expr::Reference(reference) => self.expr(&reference.expr),
            Expr::Field(field) => self.expr(&field.base),
            Expr::Index(indexed) => self.all([&*indexed.expr, &*indexed.index]),
            Expr::Await(awaited) => self.expr(&awaited.base),
            Expr::Tuple(tuple) => self.all(&tuple.elems),
            Expr::Array(array) => self.all(&array.elems),
            Expr::Let(condition) => self.expr(&condition.expr),
            Expr::Try(tried) => self.expr(&tried.expr).then(|| Flow::Leaves),
            Expr::Return(returned) => {
                let value = returned.expr.as_deref();
                value
                    .map_or(Flow::Goes, |value| self.expr(value))
                    .then(|| Flow::Leaves)
            }
            Expr::If(branch) => self.expr(&branch.cond).then(|| {
                let then = self.block(&branch.then_branch);
                let otherwise = branch.else_branch.as_ref();
                then.or(otherwise.map_or(Flow::Goes, |(_, otherwise)| self.expr(otherwise)))
            }),
            Expr::Match(choice) => self.expr(&choice.expr).then(|| {
                let arms = choice.arms.iter().map(|arm| self.expr(&arm.body));
                arms.reduce(Flow::or).unwrap_or(Flow::Leaves)
            }),
            Expr::Block(block) => self.block(&block.block),
            Expr::Unsafe(block) => self.block(&block.block),
            Expr::Loop(endless) => self.block(&endless.body).then(|| Flow::Leaves),
            Expr::While(repeated) => {
                let body = || self.block(&repeated.body).perhaps();
                self.expr(&repeated.cond).then(body)
            }
            Expr::ForLoop(repeated) => {
                let body = || self.block(&repeated.body).perhaps();
                self.expr(&repeated.expr).then(body)
            }
            Expr::Macro(invocation) => invoked(&invocation.mac),
            Expr::Lit(_) | Expr::Path(_) | Expr::Closure(_) | Expr::Async(_) => Flow::Goes,
            _ => Flow::Leaves,
        }
    }

    fn call(&self, call: &ExprCall) -> Flow {
        let is_own = matches!(&*call.func, Expr::Path(path) if path.qself.is_none() && self.is_own(&path.path));
        let arguments = self.all([&*call.func]).then(|| self.all(&call.args));
        arguments.then(|| match is_own {
            true => Flow::Recurs(Extent::from(&call.func, call.paren_token.span.close())),
            false => Flow::Goes,
        })
    }

    /// Whether it is the path of the function itself.
    fn is_own(&self, path: &Path) -> bool {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|it| plain_text(&it.ident))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match (self.function, self.method, &names[..]) {
            (Some(function), _, [name] | ["self", name]) => function == *name,
            (None, Some(method), ["Self", name]) => {
                method == *name && self.siblings.function(name) == Some(Known::Suspends)
            }
            _ => false,
        }
    }

    fn method_call(&self, call: &ExprMethodCall) -> Flow {
        let name = plain_text(&call.method);
        let is_self = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self"));
        let known = || self.siblings.method(&name, self.taking);
        let is_own =
            is_self && self.method == Some(name.as_str()) && known() == Some(Known::Suspends);
        let arguments = self.expr(&call.receiver).then(|| self.all(&call.args));
        arguments.then(|| match is_own {
            true => Flow::Recurs(Extent::from(&call.receiver, call.paren_token.span.close())),
            false => Flow::Goes,
        })
    }
}

/// A macro may hide a way out.
fn invoked(mac: &Macro) -> Flow {
    if macro_diverges(mac) && !mac.path.is_ident("bail") {
        return Flow::Stops;
    }
    let text = mac.tokens.to_string();
    let leaves = ["return", "break", "continue", "?"];
    let may_leave = leaves.iter().any(|word| text.contains(word));
    let is_known = crate::known::macros::treatment(mac).is_some();
    match is_known && !may_leave {
        true => Flow::Goes,
        false => Flow::Leaves,
    }
}
