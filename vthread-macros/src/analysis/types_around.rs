//! The types of a module and their methods, as far as the text of the file shows: where the type of
//! a variable is written, too, a call of such a method needs no probe.
//!
//! For a receiver of type `R`, method lookup first tries the type's own methods that take exactly
//! an `R`. If the method takes `self` in another way, a trait's method could take precedence: a
//! plain one may be taken for known all the same, if dead code of the module checks that the call
//! is.
//!
//! Only types without type parameters are known: others may have several methods of one name.

use super::impl_siblings::{HARMLESS, Known, Taking};
use super::items_of_code::{
    Item, Kind, after_angles, closing, first_word, items, lifetimes, parts,
};
use std::collections::HashMap;

/// The types of a module.
#[derive(Default)]
pub(super) struct OwnTypes(HashMap<String, OwnType>);

#[derive(Default)]
struct OwnType {
    n_declared: usize,
    /// `None` if nothing is known of the type.
    n_lifetimes: Option<usize>,
    is_tuple: bool,
    methods: HashMap<String, Method>,
}

/// A function of a type.
#[derive(Debug, PartialEq)]
pub(crate) struct Method {
    pub(crate) known: Known,
    /// How it takes `self`; `None` if it does not.
    pub(crate) taking: Option<Taking>,
    /// How many arguments it has beside `self`, if its call can be written without them.
    pub(crate) n_arguments: Option<usize>,
    pub(crate) returns_itself: bool,
}

impl OwnTypes {
    /// How many lifetimes a type has, if it is known.
    pub(super) fn lifetimes(&self, ty: &str) -> Option<usize> {
        self.0.get(ty)?.n_lifetimes
    }

    pub(super) fn is_tuple(&self, ty: &str) -> bool {
        self.0
            .get(ty)
            .is_some_and(|own| own.is_tuple && own.n_lifetimes.is_some())
    }

    pub(super) fn method(&self, ty: &str, name: &str) -> Option<&Method> {
        let own = self.0.get(ty).filter(|own| own.n_lifetimes.is_some())?;
        own.methods.get(name)
    }

    /// Adds a structure or an enumeration; other items declare no type.
    pub(super) fn declare(&mut self, item: &Item<'_>) {
        if !matches!(item.word, "struct" | "enum" | "union") {
            return;
        }
        let quiet = ["derive", "repr", "non_exhaustive"];
        let mut attributes = item.attributes.iter();
        let is_known = attributes.all(|name| HARMLESS.contains(name) || quiet.contains(name));
        let own = self.0.entry(item.name.to_owned()).or_default();
        own.n_declared += 1;
        let is_first = own.n_declared == 1;
        own.n_lifetimes = lifetimes(item.after_name).filter(|_| is_known && is_first);
        own.is_tuple = after_angles(item.after_name).starts_with('(');
    }

    /// Adds the functions of an inherent `impl`.
    pub(super) fn implement(&mut self, block: &Item<'_>, code: &str) {
        let (Some(ty), Some(body)) = (implemented(block), block.body.clone()) else {
            return;
        };
        let ours = |name: &&&str| matches!(**name, "vthread" | "vthread::vthread");
        let n_ours = block.attributes.iter().filter(ours).count();
        let is_harmless = |name: &&str| ours(&name) || HARMLESS.contains(name);
        if n_ours > 1 || !block.attributes.iter().all(is_harmless) {
            return;
        }
        let own = self.0.entry(ty.to_owned()).or_default();
        for item in items(code, body) {
            let is_plain = n_ours == 0 || item.attributes.contains(&"plain");
            let known = match is_plain {
                true => Known::Plain,
                false => Known::Suspends,
            };
            let mut attributes = item.attributes.iter();
            let is_known = attributes.all(|name| match is_plain {
                true => HARMLESS.contains(name) || n_ours > 0 && *name == "plain",
                false => ["allow", "doc", "inline"].contains(name),
            });
            if let Some(method) = Method::of(&item, ty, known).filter(|_| is_known) {
                own.methods.insert(item.name.to_owned(), method);
            }
        }
    }
}

/// The type of an inherent `impl` that has no parameters but lifetimes.
fn implemented<'code>(block: &Item<'code>) -> Option<&'code str> {
    let rest = block.rest.strip_prefix("impl")?.trim_start();
    lifetimes(rest)?;
    let (ty, arguments) = first_word(after_angles(rest));
    lifetimes(arguments)?;
    (!ty.is_empty() && after_angles(arguments).is_empty()).then_some(ty)
}

impl Method {
    fn of(item: &Item<'_>, ty: &str, known: Known) -> Option<Self> {
        let is_unsafe = item.modifiers.contains("unsafe");
        if item.kind != Kind::Function || item.modifiers.contains("async") {
            return None;
        }
        let list = after_angles(item.after_name);
        let end = list.starts_with('(').then(|| closing(list.as_bytes(), 0))?;
        let (list, after) = (&list[1..end], list.get(end + 1..)?.trim_start());
        let arguments = parts(list);
        let taking = match arguments.first() {
            Some(first) => taking(first)?,
            None => None,
        };
        let output = after.strip_prefix("->").map_or("", str::trim_start);
        let (name, of_it) = first_word(output);
        let is_whole = after_angles(of_it).is_empty() || of_it.starts_with("where ");
        let is_certain = lifetimes(item.after_name).is_some() && !is_unsafe;
        let is_written = is_certain && !list.contains(['#']) && !list.contains("impl ");
        let n_arguments = arguments.len() - usize::from(taking.is_some());
        Some(Method {
            known,
            taking,
            n_arguments: (is_written && !output.starts_with('!')).then_some(n_arguments),
            returns_itself: is_whole && (name == "Self" || name == ty),
        })
    }
}

/// How the first argument takes `self`. `None` if its type is written out.
fn taking(first: &str) -> Option<Option<Taking>> {
    let is_self = |text: &str| text == "self";
    let after_mut = |text: &str| {
        text.strip_prefix("mut ")
            .map(|rest| rest.trim_start() == "self")
    };
    let Some(referred) = first.strip_prefix('&') else {
        return match is_self(first) || after_mut(first) == Some(true) {
            true => Some(Some(Taking::Value)),
            false if first.contains("self") => None,
            false => Some(None),
        };
    };
    let mut referred = referred.trim_start();
    if let Some(lifetime) = referred.strip_prefix('\'') {
        referred = first_word(lifetime).1;
    }
    match (is_self(referred), after_mut(referred)) {
        (true, _) => Some(Some(Taking::Reference)),
        (_, Some(true)) => Some(Some(Taking::Mutable)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t17_methods_of_the_module_are_known() {
        let code = "
            #[derive(Debug)] pub struct Parser<'a> { text: &'a str }
            impl<'a> Parser<'a> {
                pub fn new(text: &'a str) -> Self { Parser { text } }
                pub fn error(&self, message: &'static str) -> Error { Error }
                #[must_use] fn bump(&mut self) -> Result<(char, u8)> { 0 }
                fn end(mut self) -> Parser<'a> { self }
                fn generic<T>(&'a self, f: fn(u8) -> u8, t: T) {}
                fn boxed(self: Box<Self>) {}
                async fn later(&self) {}
                #[traced] fn traced(&self) {}
            }
            #[vthread] impl Parser<'_> { fn fetch(&self) {} #[plain] fn at(&self) -> ! { loop {} } }
            impl Other for Parser<'_> { fn other(&self) {} }
            #[cfg(a)] impl Parser<'_> { fn conditional(&self) {} }
            struct Pair(u8, u8); impl Pair { fn first(&self) -> u8 { 0 } }
            struct Generic<T>(T); impl<T> Generic<T> { fn get(&self) {} }
            #[changed] struct Changed; impl Changed { fn get(&self) {} }";
        let mut types = OwnTypes::default();
        for item in items(code, 0..code.len()) {
            types.declare(&item);
            types.implement(&item, code);
        }
        let found = |name: &str| {
            let method = types.method("Parser", name)?;
            Some((method.taking, method.n_arguments, method.returns_itself))
        };
        assert_eq!(found("new"), Some((None, Some(1), true)));
        assert_eq!(
            found("error"),
            Some((Some(Taking::Reference), Some(1), false))
        );
        assert_eq!(found("bump"), Some((Some(Taking::Mutable), Some(0), false)));
        assert_eq!(found("end"), Some((Some(Taking::Value), Some(0), true)));
        assert_eq!(
            found("generic"),
            Some((Some(Taking::Reference), None, false))
        );
        assert_eq!(found("at"), Some((Some(Taking::Reference), None, false)));
        for name in ["boxed", "later", "traced", "other", "conditional"] {
            assert_eq!(found(name), None, "{name}");
        }
        let known = |name| types.method("Parser", name).map(|method| method.known);
        assert_eq!(known("fetch"), Some(Known::Suspends));
        assert_eq!(known("at"), Some(Known::Plain));
        assert_eq!(known("error"), Some(Known::Plain));
        assert_eq!(types.lifetimes("Parser"), Some(1));
        assert!(types.is_tuple("Pair") && types.method("Pair", "first").is_some());
        for name in ["Generic", "Changed"] {
            assert!(types.method(name, "get").is_none(), "{name}");
        }
    }
}
