//! On std: OS threads take one directory after the other.

use crate::{WORKERS, sum};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn sum_of(directory: &Path) -> io::Result<u64> {
    let mut all = 0u64;
    for entry in fs::read_dir(directory)? {
        all = all.wrapping_add(sum(&fs::read(entry?.path())?));
    }
    Ok(all)
}

pub(crate) fn run(root: &Path) -> io::Result<u64> {
    let mut directories: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(root)? {
        directories.push(entry?.path());
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut all = 0u64;
        while let Some(directory) = directories.get(next.fetch_add(1, Ordering::Relaxed)) {
            all = all.wrapping_add(sum_of(directory)?);
        }
        Ok(all)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        let mut all = 0u64;
        for thread in threads {
            let part: io::Result<u64> = thread.join().expect("no panic");
            all = all.wrapping_add(part?);
        }
        Ok(all)
    })
}
