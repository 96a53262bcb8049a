//! The namespace probe: is there a companion module beside the function that a path names?
//!
//! A companion module has the constant `__VTHREAD_KIND`, which is a `FunctionKind`.

/// What the path is taken for where it names no module: it shadows nothing.
pub mod none {}

/// What the probe sees where no companion module shadows it.
pub mod no {
    use crate::base::type_question::Answer;
    use crate::macro_support::choice::IsPlain;

    /// An ordinary function.
    pub const __VTHREAD_KIND: IsPlain = IsPlain::IT;
}
