//! Names whose calls are never probed: std's, which never suspend. A call that is not probed costs
//! the user's compiler nothing.

pub(crate) mod attributes;
pub(crate) mod macros;
mod own_macros;
mod std_names;

use crate::names::plain_text;
use std_names::{FUNCTIONS, METHODS, has, is_exception};
use syn::{ExprPath, Path};

/// Types of std whose own functions never suspend. Names that users give to their own types
/// (`Cell`, `Layout`, `Ordering`, `Mutex`, `File` ..) are not here.
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
    "RefCell",
    "Cow",
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
    "MaybeUninit",
    "ManuallyDrop",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "Iterator",
];

/// Traits of std and their functions. Their return type often depends on the surrounding code, so a
/// probe cannot ask for it.
const TRAITS: &[(&str, &[&str])] = &[
    ("Default", &["default"]),
    ("From", &["from"]),
    ("Into", &["into"]),
    ("TryFrom", &["try_from"]),
    ("TryInto", &["try_into"]),
    ("FromStr", &["from_str"]),
    ("IntoIterator", &["into_iter"]),
    ("FromIterator", &["from_iter"]),
    ("Extend", &["extend"]),
    ("AsRef", &["as_ref"]),
    ("AsMut", &["as_mut"]),
    ("Borrow", &["borrow"]),
    ("ToOwned", &["to_owned", "clone_into"]),
    ("ToString", &["to_string"]),
    ("Clone", &["clone", "clone_from"]),
    ("PartialEq", &["eq", "ne"]),
    ("Ord", &["cmp", "max", "min", "clamp"]),
    ("PartialOrd", &["partial_cmp", "lt", "le", "gt", "ge"]),
    ("Deref", &["deref"]),
    ("DerefMut", &["deref_mut"]),
    ("Add", &["add"]),
    ("Sub", &["sub"]),
    ("Mul", &["mul"]),
    ("Div", &["div"]),
    ("Not", &["not"]),
    ("Neg", &["neg"]),
];

/// The same of crates that many use.
const TRAITS_OF_OTHERS: &[(&str, &[&str])] = &[
    // num-traits
    ("Zero", &["zero"]),
    ("One", &["one"]),
    // serde
    (
        "Error",
        &[
            "custom",
            "invalid_type",
            "invalid_value",
            "invalid_length",
            "unknown_variant",
            "unknown_field",
            "missing_field",
            "duplicate_field",
        ],
    ),
];

const PRIMITIVES: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "bool", "char", "str",
];

/// Whether it is the name of a type of std, other than `Result`.
pub(crate) fn is_type_of_std(name: &str) -> bool {
    name != "Result" && (TYPES.contains(&name) || PRIMITIVES.contains(&name))
}

/// Whether calls of methods of this name are left alone.
pub(crate) fn method(name: &str) -> bool {
    has(&METHODS, name) && !is_exception(name)
}

/// Whether type-relative calls of associated functions of this name are left alone.
pub(crate) fn associated(name: &str) -> bool {
    has(&FUNCTIONS, name) && !is_exception(name)
}

/// Whether std has a function of this name, with or without a receiver, of whatever type.
pub(crate) fn associated_of_std(name: &str) -> bool {
    has(&METHODS, name) || has(&FUNCTIONS, name)
}

/// Whether it is the name of a type that is in scope everywhere.
pub(crate) fn is_builtin_type(name: &str) -> bool {
    PRIMITIVES.contains(&name)
}

/// Whether calls of this path are left alone.
pub(crate) fn function(path: &Path) -> bool {
    let first = plain_text(&path.segments[0].ident);
    let last = plain_text(&path.segments[path.segments.len() - 1].ident);
    let in_std = path.segments.len() > 1 && matches!(first.as_str(), "std" | "core" | "alloc");
    in_std || path.is_ident("drop") || is_upper(&last)
}

/// Whether the last segment but one names a type, so that the call is type-relative.
pub(crate) fn is_type_relative(path: &Path) -> bool {
    owner(path).is_some_and(|owner| {
        let name = plain_text(&owner.ident);
        is_upper(&name)
            || is_alias_of_a_number(&name)
            || PRIMITIVES.contains(&name.as_str())
            || !owner.arguments.is_empty()
    })
}

/// Whether a name follows the pattern of C's number types: `size_t`, `c_int`.
fn is_alias_of_a_number(name: &str) -> bool {
    name.strip_prefix("c_").is_some_and(|rest| {
        matches!(
            rest.trim_start_matches('u'),
            "char" | "schar" | "short" | "int" | "long" | "longlong" | "float" | "double" | "void"
        )
    }) || matches!(
        name,
        "size_t"
            | "ssize_t"
            | "off_t"
            | "off64_t"
            | "time_t"
            | "pid_t"
            | "uid_t"
            | "gid_t"
            | "mode_t"
            | "int8_t"
            | "int16_t"
            | "int32_t"
            | "int64_t"
            | "uint8_t"
            | "uint16_t"
            | "uint32_t"
            | "uint64_t"
            | "intptr_t"
            | "uintptr_t"
            | "ptrdiff_t"
            | "socklen_t"
            | "dev_t"
            | "ino_t"
    )
}

/// Whether a type-relative path names a function of a type or a trait of std. A vthread function
/// that a user has given to such a type, or to another type of that name, is probed.
pub(crate) fn is_of_std(path: &Path, function: &str) -> bool {
    owner(path).is_some_and(|owner| {
        let name = plain_text(&owner.ident);
        let is_type = TYPES.contains(&name.as_str()) || PRIMITIVES.contains(&name.as_str());
        let traits = TRAITS.iter().chain(TRAITS_OF_OTHERS);
        let mut traits = traits.filter(|(known, _)| *known == name);
        is_type && associated_of_std(function)
            || traits.any(|(_, functions)| functions.contains(&function))
    })
}

fn owner(path: &Path) -> Option<&syn::PathSegment> {
    path.segments.iter().rev().nth(1)
}

/// Whether a name is written like a type or a constant.
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
        let is_known = |name: &str| associated_of_std(name) || name.ends_with('*');
        let exceptions = super::std_names::EXCEPTIONS.iter();
        let unknown: Vec<_> = exceptions.filter(|name| !is_known(name)).collect();
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
    fn functions_of_stds_traits_are_names_of_std() {
        for name in TRAITS.iter().flat_map(|(_, functions)| *functions) {
            assert!(associated_of_std(name), "{name}");
        }
    }

    #[test]
    fn io_methods_are_looked_at() {
        for name in crate::names::IO_METHODS {
            assert!(!method(name), "{name}");
        }
    }
}
