//! On vthread: a vthread for each directory.

use crate::sum;
use std::io;
use std::path::Path;
use vthread::fs;
use vthread::prelude::*;

#[vthread]
fn sum_of(directory: &Path) -> io::Result<u64> {
    let mut all = 0u64;
    for entry in fs::read_dir(directory)? {
        all = all.wrapping_add(sum(&fs::read(entry?.path())?));
    }
    Ok(all)
}

#[vthread]
pub(crate) fn run(root: &Path) -> io::Result<u64> {
    group! {
        let mut tasks = vthread::Tasks::new();
        for entry in fs::read_dir(root)? {
            let directory = entry?.path();
            tasks.push(spawn! { sum_of(&directory)? });
        }
        let mut all = 0u64;
        for part in tasks {
            all = all.wrapping_add(part);
        }
        Ok(all)
    }
}
