//! A library whose pages are looked at.

/// Buys.
#[vthread::vthread]
pub fn buy(n: u32) -> std::io::Result<u32> {
    vthread::yield_now();
    Ok(n)
}

/// A till.
#[derive(Debug)]
pub struct Till;

#[vthread::vthread]
impl Till {
    /// Opens.
    pub fn open(&mut self, with: &str) -> Option<u32> {
        vthread::yield_now();
        with.parse().ok()
    }
}

/// Takes money.
#[vthread::vthread]
pub trait Pay {
    /// Pays.
    fn pay(&self, n: u32) -> u32;
}
