//! The functions of the module around a function, as far as the text of its file shows: a call of
//! one needs no probe.
//!
//! What a module declares takes precedence over everything that a glob brings, and nothing else of
//! that name can be imported beside it. So a call of the name is a call of that function, unless
//! the body has a meaning of its own for it. Of what a macro or a condition may have made, nothing
//! is known: those calls are probed.

use super::impl_siblings::{HARMLESS, Known, Taking};
use super::items_of_code::{Item, Kind, items};
use super::types_around::{Method, OwnTypes};
use crate::names::plain_text;
use crate::source::{code_of, file_of, is_of_word, starts_of};
use proc_macro2::Ident;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

/// The module around a function.
#[derive(Default)]
pub(crate) struct Around(Option<(Rc<Modules>, usize)>);

impl Around {
    /// Nothing is known around a function that is not an item of a module, nor of a block there.
    pub(crate) fn of(function: &Ident) -> Self {
        Around(found(function))
    }

    /// What the function of this name is.
    pub(crate) fn function(&self, name: &str) -> Option<Known> {
        let (modules, at) = self.0.as_ref()?;
        modules.function(*at, name)
    }

    /// The type of this name, if the module declares it.
    pub(crate) fn declares(&self, ty: &str) -> bool {
        let module = self.0.as_ref().map(|(modules, at)| &modules.all[*at]);
        module.is_some_and(|module| module.types.lifetimes(ty).is_some())
    }

    /// A function of a type of the module.
    pub(crate) fn method(&self, ty: &str, name: &str) -> Option<&Method> {
        let (modules, at) = self.0.as_ref()?;
        modules.all[*at].types.method(ty, name)
    }

    /// Whether `T(..)` makes a value of the type.
    pub(crate) fn is_tuple(&self, ty: &str) -> bool {
        let module = self.0.as_ref().map(|(modules, at)| &modules.all[*at]);
        module.is_some_and(|module| module.types.is_tuple(ty))
    }

    /// Whether a module of this name hides whether a function of this name suspends, which a glob
    /// import brings.
    pub(crate) fn is_hidden(&self, name: &str) -> bool {
        let around = self.0.as_ref();
        around.is_some_and(|(modules, at)| modules.is_hidden(*at, name))
    }

    /// Whether one block of the file has a method of this name.
    pub(crate) fn has_one(&self, method: &str) -> bool {
        let modules = self.0.as_ref().map(|(modules, _)| modules);
        modules.is_some_and(|modules| modules.n_methods.get(method) == Some(&1))
    }

    /// How many lifetimes a type of the module has, if its methods of this name and form are still
    /// to be checked. `None` if that was done.
    pub(crate) fn to_be_checked(&self, ty: &str, name: &str, taking: Taking) -> Option<usize> {
        let (modules, at) = self.0.as_ref()?;
        let key = (*at, ty.to_owned(), name.to_owned(), taking);
        let is_new = modules.checked.borrow_mut().insert(key);
        modules.all[*at].types.lifetimes(ty).filter(|_| is_new)
    }
}

fn found(function: &Ident) -> Option<(Rc<Modules>, usize)> {
    thread_local! {
        static FILES: RefCell<HashMap<PathBuf, Rc<Modules>>> = RefCell::new(HashMap::new());
    }
    let file = file_of(function.span())?;
    let code = code_of(&file)?;
    let modules = FILES.with_borrow_mut(|files| {
        let found = files.entry(file.clone());
        Rc::clone(found.or_insert_with(|| Rc::new(Modules::of(&code))))
    });
    let start = function.span().unwrap().start();
    let line = *starts_of(&file)?.get(start.line().checked_sub(1)?)?;
    let at = line + start.column().checked_sub(1)?;
    let is_it = code.get(at..)?.starts_with(&plain_text(function));
    let module = *modules.owners.get(&at).filter(|_| is_it)?;
    Some((modules, module))
}

/// The modules of a file.
#[derive(Default)]
struct Modules {
    all: Vec<Module>,
    /// The module of each function that is an item of one, or of a block there, by the offset of
    /// its name.
    owners: HashMap<usize, usize>,
    /// How many blocks of the file have a method of a name.
    n_methods: HashMap<String, usize>,
    /// The methods that the dead code of a module has checked.
    checked: RefCell<HashSet<(usize, String, String, Taking)>>,
}

#[derive(Default)]
struct Module {
    /// `None` if a name has more than one function, or one of which nothing is known.
    functions: HashMap<String, Option<Known>>,
    /// The module around, if this one imports all of it.
    imported: Option<usize>,
    /// The code of the items that may give a name another meaning.
    others: String,
    /// How many globs these import.
    n_globs: usize,
    /// Whether these have a word.
    mentioned: RefCell<HashMap<String, bool>>,
    types: OwnTypes,
    /// Its modules that have no function of their own name.
    modules: HashSet<String>,
    /// Whether macros make some of the items.
    is_made: bool,
}

impl Module {
    /// Whether the items that may give a name another meaning have it.
    fn mentions(&self, name: &str) -> bool {
        if let Some(known) = self.mentioned.borrow().get(name) {
            return *known;
        }
        let is_there = has_word(&self.others, name);
        self.mentioned
            .borrow_mut()
            .insert(name.to_owned(), is_there);
        is_there
    }
}

impl Modules {
    fn of(code: &str) -> Self {
        let mut modules = Modules::default();
        modules.read(code, 0..code.len(), None);
        modules
    }

    fn read(&mut self, code: &str, range: Range<usize>, around: Option<usize>) {
        let own = self.all.len();
        self.all.push(Module::default());
        for item in items(code, range) {
            if let (Kind::Module, Some(body)) = (item.kind, item.body.clone()) {
                let has_one = has_word(&code[body], item.name);
                self.all[own]
                    .modules
                    .extend((!has_one).then(|| item.name.to_owned()));
            }
            let is_known = item.attributes.iter().all(|name| is_of_a_known_item(name));
            match (item.kind, item.body.clone()) {
                (Kind::Function, _) => {
                    if is_known {
                        self.owners.insert(item.name_at, own);
                    }
                    let known = known_function(&item);
                    let functions = &mut self.all[own].functions;
                    let first = functions.insert(item.name.to_owned(), known);
                    if first.is_some() {
                        functions.insert(item.name.to_owned(), None);
                    }
                }
                (Kind::Module, Some(body)) if is_known => self.read(code, body, Some(own)),
                (Kind::Block, Some(body)) => {
                    if is_known {
                        self.all[own].types.implement(&item, code);
                    }
                    for method in items(code, body) {
                        let mut attributes = method.attributes.iter();
                        let is_certain = attributes.all(|name| is_of_a_known_item(name));
                        if is_known && is_certain && method.kind == Kind::Function {
                            self.owners.insert(method.name_at, own);
                        }
                        let n = self.n_methods.entry(method.name.to_owned()).or_default();
                        *n += 1;
                    }
                }
                (Kind::Macro, _) => self.all[own].is_made = true,
                (Kind::Module | Kind::Block, _) => {}
                (Kind::Other, _) => {
                    let module = &mut self.all[own];
                    module.types.declare(&item);
                    if item.word == "use" {
                        module.n_globs += item.rest.matches("::*").count();
                    }
                    if item.rest == "use super::*" && item.attributes.is_empty() {
                        module.imported = around;
                    }
                    module.others += item.rest;
                    module.others += " ";
                    module.others += item.body.map_or("", |body| &code[body]);
                    module.others += " ";
                }
            }
        }
    }

    fn is_hidden(&self, at: usize, name: &str) -> bool {
        let module = &self.all[at];
        if module.functions.contains_key(name) || module.mentions(name) {
            return false;
        }
        // What `super::*` brings is known, unless another glob brings it there.
        let around = module.imported.map(|around| (around, &self.all[around]));
        let n_globs = module.n_globs - usize::from(around.is_some());
        let is_hidden = n_globs > 0 && module.modules.contains(name);
        is_hidden || around.is_some_and(|(at, _)| self.is_hidden(at, name))
    }

    fn function(&self, at: usize, name: &str) -> Option<Known> {
        let module = &self.all[at];
        if let Some(known) = module.functions.get(name) {
            return *known;
        }
        let is_free = !module.is_made && !module.mentions(name);
        let around = module.imported.filter(|_| is_free)?;
        *self.all[around].functions.get(name)?
    }
}

/// The attributes of items that stay what they are, where they are.
fn is_of_a_known_item(name: &str) -> bool {
    let others = [
        "cfg",
        "test",
        "ignore",
        "should_panic",
        "vthread",
        "vthread::vthread",
        "plain",
    ];
    HARMLESS.contains(&name) || others.contains(&name)
}

/// Whether a function suspends, if nothing changes it.
fn known_function(item: &Item<'_>) -> Option<Known> {
    // Where its future is not awaited, rustc proposes it beside a probe.
    if item.modifiers.contains("async") {
        return None;
    }
    let ours = |name: &&str| matches!(*name, "vthread" | "vthread::vthread");
    let (ours, others): (Vec<&str>, Vec<&str>) =
        item.attributes.iter().partition(|name| ours(name));
    // What a lint says of a vthread function, a probe passes on.
    let silent = ["allow", "doc", "inline", "cold"];
    match ours.len() {
        0 => others
            .iter()
            .all(|name| HARMLESS.contains(name))
            .then_some(Known::Plain),
        1 => {
            let is_known = item.name != "main" && others.iter().all(|name| silent.contains(name));
            is_known.then_some(Known::Suspends)
        }
        _ => None,
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices(word).any(|(at, _)| {
        let is_in_word = |at: usize| bytes.get(at).is_some_and(|byte| is_of_word(*byte));
        !(at > 0 && is_in_word(at - 1) || is_in_word(at + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::blanked;

    /// What a call of `name` is in the function that `inside` names.
    fn known(code: &str, inside: &str, name: &str) -> Option<Option<Known>> {
        let code = blanked(code);
        let modules = Modules::of(&code);
        let at = code.find(&format!("fn {inside}"))? + 3;
        let module = modules.owners.get(&at)?;
        Some(modules.function(*module, name))
    }

    #[test]
    fn t17_functions_of_the_module_are_known() {
        let code = "
            #![allow(x)] use std::fmt;
            /// fn no() {}
            #[inline] pub(crate) fn plain<const N: usize>(a: [u8; N]) -> u8 { a(';') }
            #[vthread] fn suspends() {}
            #[vthread::vthread(boxed)] unsafe fn boxed() {}
            #[vthread] #[must_use] fn important() -> u8 { 0 }
            #[cfg(a)] fn conditional() {}
            #[traced] fn traced() {}
            fn twice() {} make! { fn made() {} } fn twice() {}
            const fn constant() {}
            pub async fn future() {}
            impl<T> A<T> where T: X { #[vthread] fn method(&self) { fn inner() {} } }
            #[async_trait] impl B { fn changed() {} }
            mod deeper { use super::*; fn own() {} fn here() {} }
            mod alone { fn lonely() {} }
            #[double] mod doubled { fn unknown() {} }
            mod importing { use super::*; use a::plain; fn importer() {} }
            mod making { use super::*; make!(); fn maker() {} }";
        let plain = Some(Some(Known::Plain));
        let suspends = Some(Some(Known::Suspends));
        for inside in ["suspends", "method"] {
            assert_eq!(known(code, inside, "plain"), plain);
            assert_eq!(known(code, inside, "constant"), plain);
            assert_eq!(known(code, inside, "suspends"), suspends);
            assert_eq!(known(code, inside, "boxed"), suspends);
            for name in [
                "important",
                "conditional",
                "traced",
                "future",
                "twice",
                "made",
                "no",
                "own",
                "inner",
            ] {
                assert_eq!(known(code, inside, name), Some(None), "{name}");
            }
        }
        for inside in ["inner", "made", "changed", "unknown", "traced"] {
            assert_eq!(known(code, inside, "plain"), None, "{inside}");
        }
        assert_eq!(known(code, "here", "own"), plain);
        assert_eq!(known(code, "here", "plain"), plain);
        assert_eq!(known(code, "here", "suspends"), suspends);
        assert_eq!(known(code, "lonely", "plain"), Some(None));
        assert_eq!(known(code, "importer", "plain"), Some(None));
        assert_eq!(known(code, "importer", "suspends"), suspends);
        assert_eq!(known(code, "maker", "plain"), Some(None));
    }
}
