//! Names whose calls are never looked at: std's, which never suspend. A call that is not probed
//! costs the user's compiler nothing.

use crate::names::plain_text;
use syn::{ExprPath, Path};

/// Methods of std that nobody would give to a suspending method.
const METHODS: &[&str] = &[
    "and_then",
    "as_bytes",
    "as_deref",
    "as_deref_mut",
    "as_mut",
    "as_mut_slice",
    "as_nanos",
    "as_micros",
    "as_millis",
    "as_path",
    "as_ptr",
    "as_ref",
    "as_secs",
    "as_secs_f64",
    "as_slice",
    "as_str",
    "borrow",
    "borrow_mut",
    "by_ref",
    "capacity",
    "chain",
    "chars",
    "checked_add",
    "checked_div",
    "checked_mul",
    "checked_sub",
    "chunks",
    "chunks_exact",
    "chunks_mut",
    "clone",
    "clone_from",
    "cloned",
    "cmp",
    "collect",
    "contains_key",
    "copied",
    "copy_from_slice",
    "deref",
    "deref_mut",
    "display",
    "elapsed",
    "ends_with",
    "enumerate",
    "eq",
    "eq_ignore_ascii_case",
    "err",
    "expect",
    "expect_err",
    "extend",
    "extend_from_slice",
    "file_name",
    "filter",
    "filter_map",
    "flat_map",
    "flatten",
    "fmt",
    "fold",
    "from_utf8",
    "ge",
    "gt",
    "hash",
    "inspect",
    "into",
    "into_boxed_slice",
    "into_bytes",
    "into_iter",
    "into_keys",
    "into_string",
    "into_values",
    "is_alphabetic",
    "is_alphanumeric",
    "is_ascii",
    "is_char_boundary",
    "is_digit",
    "is_empty",
    "is_err",
    "is_err_and",
    "is_multiple_of",
    "is_none",
    "is_none_or",
    "is_numeric",
    "is_ok",
    "is_ok_and",
    "is_positive",
    "is_power_of_two",
    "is_some",
    "is_some_and",
    "is_uppercase",
    "is_whitespace",
    "iter",
    "iter_mut",
    "le",
    "len",
    "lt",
    "map",
    "map_err",
    "map_or",
    "map_or_else",
    "map_while",
    "max_by_key",
    "min_by_key",
    "ne",
    "ok",
    "ok_or",
    "ok_or_else",
    "or_default",
    "or_else",
    "or_insert",
    "or_insert_with",
    "parse",
    "partial_cmp",
    "peekable",
    "pow",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "rem_euclid",
    "repeat",
    "reserve",
    "rev",
    "rposition",
    "rsplit",
    "saturating_add",
    "saturating_mul",
    "saturating_sub",
    "skip_while",
    "sort",
    "sort_by",
    "sort_by_key",
    "sort_unstable",
    "sort_unstable_by",
    "sort_unstable_by_key",
    "split_at",
    "split_at_mut",
    "split_first",
    "split_last",
    "split_once",
    "split_whitespace",
    "starts_with",
    "step_by",
    "strip_prefix",
    "strip_suffix",
    "swap_remove",
    "take_while",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "to_be_bytes",
    "to_bits",
    "to_le_bytes",
    "to_lowercase",
    "to_owned",
    "to_path_buf",
    "to_str",
    "to_string",
    "to_string_lossy",
    "to_uppercase",
    "to_vec",
    "trim",
    "trim_end",
    "trim_end_matches",
    "trim_matches",
    "trim_start",
    "trim_start_matches",
    "try_from",
    "try_into",
    "unsigned_abs",
    "unwrap",
    "unwrap_err",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "unzip",
    "windows",
    "with_capacity",
    "wrapping_add",
    "wrapping_mul",
    "wrapping_neg",
    "wrapping_shl",
    "wrapping_shr",
    "wrapping_sub",
    "zip",
];

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
    METHODS.contains(&name)
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
