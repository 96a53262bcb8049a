//! What the user sees while the downloads run: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::summary::{Page, human};

/// The progress of one run, on the standard error stream.
#[derive(Debug)]
pub(crate) enum Progress {
    /// One bar for all pages, with the bytes that have come so far.
    Bar {
        bar: ProgressBar,
        received: AtomicU64,
    },
    /// One line for each page when it is whole.
    Lines { total: usize, finished: AtomicUsize },
}

impl Progress {
    /// Shows that `total` pages are to come.
    pub(crate) fn start(total: usize) -> Progress {
        if !io::stderr().is_terminal() {
            return Progress::Lines {
                total,
                finished: AtomicUsize::new(0),
            };
        }
        let bar = ProgressBar::new(total as u64);
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} pages  {msg}  {elapsed}");
        bar.set_style(style.expect("the template is right"));
        Progress::Bar {
            bar,
            received: AtomicU64::new(0),
        }
    }

    /// Some bytes of a page have come in; lines only tell of whole pages.
    pub(crate) fn received(&self, bytes: u64) {
        if let Progress::Bar { bar, received } = self {
            let so_far = received.fetch_add(bytes, Ordering::Relaxed) + bytes;
            bar.set_message(human(so_far));
        }
    }

    /// A page is whole.
    pub(crate) fn finished(&self, page: &Page) {
        match self {
            Progress::Bar { bar, .. } => bar.inc(1),
            Progress::Lines { total, finished } => {
                let n = finished.fetch_add(1, Ordering::Relaxed) + 1;
                let width = total.to_string().len();
                let size = human(page.bytes);
                eprintln!("[{n:>width$}/{total}] {}  {size}", page.name);
            }
        }
    }
}

impl Drop for Progress {
    /// The bar goes away however the run ended: what follows it is the summary or the error.
    fn drop(&mut self) {
        if let Progress::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}
