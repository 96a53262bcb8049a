//! Programs that must be refused, with messages that a newcomer can act on, and whole programs that
//! must compile.
//!
//! The messages are those of the pinned toolchain. `TRYBUILD=overwrite cargo test --test ui`
//! blesses.

#[test]
fn programs() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
