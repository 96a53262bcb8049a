//! The namespace probe: is there a companion module beside the function that a path names?
//!
//! A companion module has the constant `__VTHREAD_KIND`, which is a `FunctionKind`.

/// The module that a path which names none is taken for: it shadows nothing.
pub mod none {}

/// The items that the probe sees if no companion module shadows them.
pub mod no {
    use crate::base::type_question::Answer;
    use crate::macro_support::choice::IsPlain;

    /// An ordinary function.
    pub const __VTHREAD_KIND: IsPlain = IsPlain::IT;
}

/// What a function is that a glob of a body brings under the name of a builtin type.
#[diagnostic::on_unimplemented(
    message = "a function with the name of a builtin type, which a glob of this block brings, suspends",
    label = "write its path, as in `module::u8(..)`, or import it by its name"
)]
pub trait FoundByAGlob {
    /// Is called in code that never runs.
    fn is_plain(&self) {}
}

impl FoundByAGlob for crate::macro_support::choice::IsPlain {}
