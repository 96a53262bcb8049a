//! Progress of the downloads: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::summary::{Page, human};

/// The progress of one run, on standard error.
#[derive(Debug)]
pub(crate) enum Progress {
    /// One bar for all pages, with the bytes received so far.
    Bar {
        bar: ProgressBar,
        received: AtomicU64,
    },
    /// One line for each page when it is complete.
    Lines { total: usize, finished: AtomicUsize },
}

impl Progress {
    /// Announces `total` pages.
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

    /// Some bytes of a page have arrived; the plain lines report complete pages only.
    pub(crate) fn received(&self, bytes: u64) {
        if let Progress::Bar { bar, received } = self {
            let so_far = received.fetch_add(bytes, Ordering::Relaxed) + bytes;
            bar.set_message(human(so_far));
        }
    }

    /// A page is complete.
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
    /// Removes the bar however the run ended: the summary or the error follows.
    fn drop(&mut self) {
        if let Progress::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}
