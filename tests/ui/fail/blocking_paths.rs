//! Methods of paths that ask the disk get a warning that names their counterpart.
#![deny(deprecated)]
use std::io::Error;
use std::path::Path;
use vthread::prelude::*;

#[vthread]
fn paths(path: &Path) -> Result<(), Error> {
    let owned = path.to_owned();
    if path.exists() || owned.try_exists()? || owned.is_file() {
        return Ok(());
    }
    let _ = (path.is_dir(), path.is_symlink());
    (path.metadata()?, owned.symlink_metadata()?);
    path.canonicalize()?;
    path.read_dir()?;
    path.read_link()?;
    Ok(())
}

/// Others of the same names are left alone.
#[vthread]
fn others(path: &Path) -> Result<bool, Error> {
    let metadata = vthread::fs::metadata(path)?;
    Ok(metadata.is_dir() || metadata.file_type().is_file() || path.is_absolute())
}

fn main() {}
