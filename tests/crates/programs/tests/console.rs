//! The page of a running program: what it says, which readers it has, and that it always answers.

mod console {
    pub(crate) mod client;

    mod answers;
    mod browser;
    mod clients;
    mod requests;
}
