//! On tokio: a task for each directory.

use crate::{WORKERS, sum};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tokio::fs;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

async fn sum_of(directory: PathBuf) -> io::Result<u64> {
    let mut all = 0u64;
    let mut entries = fs::read_dir(directory).await?;
    while let Some(entry) = entries.next_entry().await? {
        all = all.wrapping_add(sum(&fs::read(entry.path()).await?));
    }
    Ok(all)
}

pub(crate) fn run(root: &Path) -> io::Result<u64> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(WORKERS).build().expect("threads")
    });
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        let mut entries = fs::read_dir(root).await?;
        while let Some(entry) = entries.next_entry().await? {
            tasks.spawn(sum_of(entry.path()));
        }
        let mut all = 0u64;
        while let Some(part) = tasks.join_next().await {
            all = all.wrapping_add(part.expect("no panic")?);
        }
        Ok(all)
    })
}
