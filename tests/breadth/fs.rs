// One of the texts: see `main.rs`.

use library::fs::{self, DirBuilder, File, OpenOptions};
use library::io::{self, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};
use library::time::{SystemTime, UNIX_EPOCH};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

functions! {
    pub(super) fn files(dir: &Path) -> io::Result<()> {
        use library::os::unix::fs::{
            DirBuilderExt, DirEntryExt, FileExt, FileTypeExt, MetadataExt, OpenOptionsExt,
            PermissionsExt,
        };
        let path = dir.join("f");
        fs::write(&path, "text")?;
        fs::write(path.to_str().unwrap(), b"text")?;
        let _: Vec<u8> = fs::read(&path)?;
        let _: String = fs::read_to_string(&path)?;
        let _: u64 = fs::copy(&path, dir.join("g"))?;
        fs::rename(dir.join("g"), dir.join("h"))?;
        fs::hard_link(&path, dir.join("i"))?;
        library::os::unix::fs::symlink(&path, dir.join("s"))?;
        let _: PathBuf = fs::read_link(dir.join("s"))?;
        let _: PathBuf = fs::canonicalize(dir.join("s"))?;
        let metadata: fs::Metadata = fs::metadata(&path)?;
        let _ = fs::symlink_metadata(dir.join("s"))?;
        let permissions: fs::Permissions = metadata.permissions();
        let _ = (
            metadata.ino(),
            metadata.mode(),
            permissions.mode(),
            metadata.file_type().is_fifo(),
        );
        fs::set_permissions(&path, permissions.clone())?;
        let _: bool = fs::exists(&path)?;
        fs::create_dir(dir.join("d"))?;
        fs::create_dir_all(dir.join("d/e/f"))?;
        fs::remove_dir(dir.join("d/e/f"))?;
        fs::remove_dir_all(dir.join("d"))?;
        fs::remove_file(dir.join("h"))?;
        for entry in fs::read_dir(dir)? {
            let entry: fs::DirEntry = entry?;
            let _: PathBuf = entry.path();
            let _: OsString = entry.file_name();
            let _: fs::Metadata = entry.metadata()?;
            let _: fs::FileType = entry.file_type()?;
            let _: u64 = entry.ino();
        }
        let mut builder = DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(dir.join("x/y"))?;
        let uid = metadata.uid();
        library::os::unix::fs::chown(&path, Some(uid), None)?;
        library::os::unix::fs::lchown(&path, None, None)?;
        let mut file: File = OpenOptions::new()
            .read(true)
            .write(true)
            .append(false)
            .truncate(false)
            .create(true)
            .create_new(false)
            .mode(0o600)
            .custom_flags(0)
            .open(&path)?;
        let _ = File::options().read(true).open(&path)?;
        let _ = File::create(dir.join("c"))?;
        let _ = File::create_new(dir.join("c2"))?;
        let mut other = File::open(&path)?;
        file.write_all(b"more")?;
        let _: usize = file.write(b"more")?;
        let _: usize = file.write_vectored(&[IoSlice::new(b"y")])?;
        writeln!(file, "{}", 1)?;
        file.flush()?;
        file.sync_all()?;
        file.sync_data()?;
        file.lock()?;
        let _: Result<(), fs::TryLockError> = other.try_lock();
        let _: Result<(), fs::TryLockError> = other.try_lock_shared();
        file.unlock()?;
        file.lock_shared()?;
        file.unlock()?;
        file.set_len(100)?;
        let _: fs::Metadata = file.metadata()?;
        let _: File = file.try_clone()?;
        file.set_permissions(permissions)?;
        file.set_times(
            fs::FileTimes::new()
                .set_modified(SystemTime::now())
                .set_accessed(UNIX_EPOCH),
        )?;
        file.set_modified(SystemTime::now())?;
        let mut buf = [0; 2];
        let _: usize = file.read_at(&mut buf, 0)?;
        file.read_exact_at(&mut buf, 0)?;
        let _: usize = file.write_at(b"a", 0)?;
        file.write_all_at(b"a", 0)?;
        let _: u64 = file.seek(SeekFrom::Start(0))?;
        file.rewind()?;
        let _: u64 = file.stream_position()?;
        file.seek_relative(1)?;
        let _: usize = file.read(&mut buf)?;
        let _: usize = file.read_vectored(&mut [IoSliceMut::new(&mut buf)])?;
        file.read_exact(&mut buf)?;
        let _: usize = other.read_to_end(&mut Vec::new())?;
        let _: usize = other.read_to_string(&mut String::new())?;
        (&other).read(&mut buf)?;
        (&file).write(&buf)?;
        (&file).seek(SeekFrom::End(0))?;
        let shared = std::sync::Arc::new(file);
        (&*shared).read(&mut buf)?;
        let mut shared = shared;
        let _ = (&*shared).read(&mut buf)?;
        let _: String = io::read_to_string(other)?;
        let _ = format!("{shared:?} {builder:?}");
        Ok(())
    }
}
