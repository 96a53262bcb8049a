//! As a user of async code writes it.

#[vthread::test]
async fn answers() {}

#[vthread::test]
unsafe fn is_quick() {}

fn main() {}
