//! A trait with dynamic dispatch.

use crate::proof::pause;
use vthread::vthread;

/// A handler.
#[vthread(dyn)]
pub trait Handler {
    /// Handles.
    fn handle(&self, request: &str) -> Result<String, String>;
    /// Has a default.
    fn twice(&self, request: &str) -> Result<String, String> {
        Ok(self.handle(request)? + &self.handle(request)?)
    }
}

/// Echoes.
#[derive(Debug)]
pub struct Echo;

#[vthread(dyn)]
impl Handler for Echo {
    fn handle(&self, request: &str) -> Result<String, String> {
        pause();
        if request.is_empty() {
            Err("empty".into())
        } else {
            Ok(request.to_owned())
        }
    }
}

/// All handlers, in order.
#[vthread]
pub fn all(handlers: &[Box<dyn Handler>], request: &str) -> Result<Vec<String>, String> {
    let mut out = vec![];
    for handler in handlers {
        out.push(handler.handle(request)?);
    }
    Ok(out)
}
