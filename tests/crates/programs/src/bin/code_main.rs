//! `#[vthread] fn main() -> ExitCode`, and the same with a user's own status type.

use std::process::{ExitCode, Termination};
use vthread::prelude::*;

/// A status of the user's own.
struct Own(u8);

impl Termination for Own {
    fn report(self) -> ExitCode {
        ExitCode::from(self.0)
    }
}

mod own {
    use super::*;

    /// Checks that any status type works.
    #[vthread]
    #[allow(dead_code)]
    pub(crate) fn main() -> Own {
        Own(3)
    }
}

#[vthread]
fn main() -> ExitCode {
    let case = std::env::args().nth(1).unwrap_or_default();
    let task = background!(move => {
        let code: u8 = case.parse()?;
        code
    });
    while !task.is_finished() {
        vthread::yield_now();
    }
    match task.outcome() {
        Some(vthread::Outcome::Done) => ExitCode::from(task.join()),
        _ => ExitCode::SUCCESS,
    }
}
