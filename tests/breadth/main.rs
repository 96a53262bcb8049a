//! Every stable method of std's types that wait, in texts that are compiled twice: with std's
//! names, and with ours. The arguments and the results are of std's types, and both versions run.
//!
//! What differs, by the table of the module, is not in them: locks, which are not poisoned here,
//! are in `tests/it/std_names.rs`.

// Values that are there for their types; traits whose methods are the types' own; iterators, which
// block in vthread code.
#![allow(unused, deprecated, clippy::all)]

mod of_std {
    use ::std as library;

    macro_rules! functions {
        ($($item:item)*) => { $($item)* };
    }
    include!("texts.rs");
}

mod of_vthread {
    use ::vthread as library;

    macro_rules! functions {
        ($($item:item)*) => { $(#[vthread::vthread] $item)* };
    }
    include!("texts.rs");
}
