//! Types with suspending methods, and functions around them.

use crate::proof::pause;
use std::ops::Deref;
use vthread::vthread;

/// A type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Client<T = u32> {
    /// A field.
    pub value: T,
    log: Vec<String>,
}

#[vthread]
impl<T: Clone> Client<T> {
    /// Suspends.
    pub fn connect(value: T) -> Result<Self, String> {
        pause();
        Ok(Client { value, log: vec![] })
    }

    /// Suspends.
    pub fn get(&self) -> T {
        pause();
        self.value.clone()
    }

    /// Suspends.
    pub fn note(&mut self, text: &str) -> &mut Self {
        pause();
        self.log.push(text.to_owned());
        self
    }

    /// Borrows.
    pub fn last<'a>(&'a self, default: &'a str) -> &'a str {
        pause();
        self.log.last().map_or(default, |text| text)
    }

    /// An ordinary one.
    #[plain]
    pub fn n_notes(&self) -> usize {
        self.log.len()
    }

    /// Takes a callback.
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        pause();
        f(&self.value)
    }
}

/// A smart pointer to it.
#[derive(Debug)]
pub struct Handle(pub Client);

impl Deref for Handle {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.0
    }
}

/// A generic function.
#[vthread]
pub fn fetch<T: Clone>(client: &Client<T>) -> T {
    client.get()
}

/// One with a lifetime and a constant.
#[vthread]
pub fn chunk<const N: usize>(bytes: &[u8]) -> Option<&[u8; N]> {
    pause();
    bytes.first_chunk()
}

/// One that fails.
#[vthread]
pub fn checked(n: u32) -> Result<u32, String> {
    pause();
    n.checked_sub(1).ok_or_else(|| "zero".to_owned())
}

/// One that recurses.
#[vthread]
pub fn countdown(n: u32) -> u32 {
    pause();
    if n == 0 { 0 } else { countdown(n - 1) + 1 }
}
