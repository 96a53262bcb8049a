//! Names whose calls are never looked at: std's, which never suspend. A call that is not probed
//! costs the user's compiler nothing.

use crate::names::plain_text;
use std::collections::HashSet;
use std::sync::LazyLock;
use syn::{ExprPath, Path};

/// Methods of std that nobody would give to a suspending method.
static METHODS: LazyLock<HashSet<&str>> = LazyLock::new(|| without_exceptions(STD_METHODS));

/// The same for associated functions.
static FUNCTIONS: LazyLock<HashSet<&str>> = LazyLock::new(|| without_exceptions(STD_FUNCTIONS));

// Written by the example `std_names` from std's documentation.
const STD_METHODS: &str = include_str!("std_methods.txt");
const STD_FUNCTIONS: &str = include_str!("std_functions.txt");
/// Written by hand.
const EXCEPTIONS: &str = include_str!("exceptions.txt");

fn without_exceptions(names: &'static str) -> HashSet<&'static str> {
    let (whole, begun): (Vec<_>, Vec<_>) = exceptions().partition(|name| !name.ends_with('*'));
    let whole: HashSet<&str> = whole.into_iter().collect();
    let is_begun = |name: &str| {
        let mut begun = begun.iter().map(|name| name.trim_end_matches('*'));
        begun.any(|begin| name.starts_with(begin))
    };
    let names = names.split_whitespace();
    names
        .filter(|name| !whole.contains(name) && !is_begun(name))
        .collect()
}

fn exceptions() -> impl Iterator<Item = &'static str> {
    let lines = EXCEPTIONS.lines();
    lines.flat_map(|line| {
        line.split('#')
            .next()
            .unwrap_or_default()
            .split_whitespace()
    })
}

/// Types and traits of std whose associated functions never suspend, unless a user's type of the
/// same name has a vthread function: those names (`Mutex`, `File` ..) are not here.
const TYPES: &[&str] = &[
    "Box",
    "Rc",
    "Arc",
    "Vec",
    "String",
    "Option",
    "Result",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "VecDeque",
    "BinaryHeap",
    "Cell",
    "RefCell",
    "Pin",
    "Cow",
    "Duration",
    "PathBuf",
    "OsString",
    "PhantomData",
    "NonNull",
    "AtomicBool",
    "AtomicU8",
    "AtomicU16",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
    "AtomicI32",
    "AtomicI64",
    "AtomicIsize",
    "Ordering",
    "Wrapping",
    "Layout",
    "MaybeUninit",
    "ManuallyDrop",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "Default",
    "From",
    "Into",
    "TryFrom",
    "TryInto",
    "FromStr",
    "Iterator",
    "IntoIterator",
    "FromIterator",
    "Extend",
    "AsRef",
    "AsMut",
    "Borrow",
    "ToOwned",
    "ToString",
    "Clone",
    "PartialEq",
    "Ord",
    "PartialOrd",
    "Deref",
    "DerefMut",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Not",
    "Neg",
];

const PRIMITIVES: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "bool", "char", "str",
];

/// Whether calls of methods of this name are left alone.
pub(crate) fn method(name: &str) -> bool {
    METHODS.contains(name)
}

/// Whether type-relative calls of associated functions of this name are left alone.
pub(crate) fn associated(name: &str) -> bool {
    FUNCTIONS.contains(name)
}

/// Whether calls of this path are left alone.
pub(crate) fn function(path: &Path) -> bool {
    let first = plain_text(&path.segments[0].ident);
    let last = plain_text(&path.segments[path.segments.len() - 1].ident);
    let in_std = path.segments.len() > 1 && matches!(first.as_str(), "std" | "core" | "alloc");
    in_std || path.is_ident("drop") || is_upper(&last) || PRIMITIVES.contains(&last.as_str())
}

/// Whether the last segment but one names a type, so that the call is type-relative.
pub(crate) fn is_type_relative(path: &Path) -> bool {
    owner(path).is_some_and(|owner| {
        let name = plain_text(&owner.ident);
        is_upper(&name) || PRIMITIVES.contains(&name.as_str()) || !owner.arguments.is_empty()
    })
}

/// Whether it is a type of std whose functions never suspend.
pub(crate) fn is_std_type(path: &Path) -> bool {
    owner(path).is_some_and(|owner| {
        let name = plain_text(&owner.ident);
        TYPES.contains(&name.as_str()) || PRIMITIVES.contains(&name.as_str())
    })
}

fn owner(path: &Path) -> Option<&syn::PathSegment> {
    path.segments.iter().rev().nth(1)
}

/// Whether a name is written as types and constants are.
pub(crate) fn is_upper(name: &str) -> bool {
    name.trim_start_matches('_').starts_with(char::is_uppercase)
}

/// Whether a path expression names a constant.
pub(crate) fn is_constant(path: &ExprPath) -> bool {
    path.path
        .segments
        .last()
        .is_some_and(|last| is_upper(&plain_text(&last.ident)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_is_a_name_of_std() {
        let std: HashSet<&str> = STD_METHODS
            .split_whitespace()
            .chain(STD_FUNCTIONS.split_whitespace())
            .collect();
        let is_known = |name: &&str| std.contains(name) || name.ends_with('*');
        let unknown: Vec<&str> = exceptions().filter(|name| !is_known(name)).collect();
        assert!(unknown.is_empty(), "not in std: {unknown:?}");
    }

    #[test]
    fn ordinary_names_are_left_alone_and_those_of_services_are_not() {
        for name in [
            "iter",
            "map",
            "filter",
            "unwrap_or_else",
            "push_str",
            "sort_by",
            "clone",
            "into",
        ] {
            assert!(method(name), "{name}");
        }
        for name in [
            "get", "insert", "find", "take", "next", "read", "send", "recv", "wait", "lock", "join",
        ] {
            assert!(!method(name), "{name}");
        }
        assert!(associated("from_str") && !associated("connect"));
    }

    #[test]
    fn io_methods_are_looked_at() {
        for name in crate::names::IO_METHODS {
            assert!(!method(name), "{name}");
        }
    }
}
