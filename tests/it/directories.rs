//! Directories and links, locks of files, reading at a position, and what is in memory.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, DirEntryExt, MetadataExt, PermissionsExt};
use vthread::fs::{self, DirBuilder, File, OpenOptions};
use vthread::prelude::*;
use vthread::time::{Duration, SystemTime, sleep};

mod entries {
    use super::*;

    #[vthread]
    fn listed(n_files: usize) -> BTreeSet<String> {
        let directory = tempfile::tempdir().unwrap();
        for i in 0..n_files {
            fs::write(directory.path().join(format!("{i:04}")), i.to_string()).unwrap();
        }
        fs::create_dir(directory.path().join("below")).unwrap();
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(directory.path()).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let metadata = entry.metadata().unwrap();
            assert_eq!(entry.ino(), metadata.ino());
            assert_eq!(entry.file_type().unwrap().is_dir(), name == "below");
            if let Ok(i) = name.parse::<usize>() {
                assert_eq!(fs::read_to_string(entry.path()).unwrap(), i.to_string());
            }
            assert!(names.insert(name));
        }
        names
    }

    #[test]
    fn each_entry_once() {
        let names = listed(700);
        assert_eq!(names.len(), 701);
        assert!(names.contains("below") && names.contains("0699"));
    }

    #[test]
    fn plain_code_iterates() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("one"), "1").unwrap();
        let names: Vec<_> = fs::read_dir(directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["one"]);
        let missing = fs::read_dir(directory.path().join("none"));
        assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
    }

    /// Steps that are cancelled lose no entry.
    #[vthread]
    fn listed_in_fits_and_starts(n_files: usize) -> usize {
        let directory = tempfile::tempdir().unwrap();
        for i in 0..n_files {
            fs::write(directory.path().join(i.to_string()), "").unwrap();
        }
        let mut entries = fs::read_dir(directory.path()).unwrap();
        let mut names = BTreeSet::new();
        let mut is_over = false;
        while !is_over {
            select! {
                _ = vthread::yield_now() => {}
                _ = some_of(&mut entries, &mut names, &mut is_over) => {}
            }
        }
        names.len()
    }

    #[vthread]
    fn some_of(entries: &mut fs::ReadDir, names: &mut BTreeSet<String>, is_over: &mut bool) {
        for entry in entries {
            assert!(names.insert(entry.unwrap().file_name().into_string().unwrap()));
        }
        *is_over = true;
    }

    #[test]
    fn cancelled_steps_lose_none() {
        assert_eq!(listed_in_fits_and_starts(600), 600);
    }

    #[vthread]
    fn built() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("one/other");
        let error = DirBuilder::new().create(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!(
            (metadata.is_dir(), metadata.permissions().mode() & 0o777),
            (true, 0o700)
        );
    }

    #[test]
    fn a_directory_as_asked_for() {
        built();
    }
}

mod links_and_copies {
    use super::*;

    #[vthread]
    fn all() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("file"), "words").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        fs::set_permissions(path("file"), mode).unwrap();
        assert_eq!(fs::copy(path("file"), path("copy")).unwrap(), 5);
        let copied = fs::metadata(path("copy")).unwrap();
        assert_eq!((copied.len(), copied.mode() & 0o777), (5, 0o640));
        let error = fs::copy(directory.path(), path("copy")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        fs::hard_link(path("file"), path("hard")).unwrap();
        assert_eq!(fs::metadata(path("hard")).unwrap().nlink(), 2);
        fs::symlink("file", path("soft")).unwrap();
        assert_eq!(fs::read_link(path("soft")).unwrap().to_str(), Some("file"));
        assert!(fs::symlink_metadata(path("soft")).unwrap().is_symlink());
        assert!(fs::metadata(path("soft")).unwrap().is_file());
        let canonical = fs::canonicalize(path("soft")).unwrap();
        assert_eq!(canonical, fs::canonicalize(path("file")).unwrap());
        fs::remove_file(path("file")).unwrap();
        assert!(!fs::exists(path("file")).unwrap());
        assert!(!fs::exists(path("soft")).unwrap(), "it points nowhere");
        assert!(fs::symlink_metadata(path("soft")).unwrap().is_symlink());
        assert!(fs::exists(path("hard")).unwrap());
        let error = fs::metadata(path("file")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let error = fs::metadata(path("hard").join("below")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotADirectory);
    }

    #[test]
    fn as_the_system_does() {
        all();
    }
}

mod files {
    use super::*;

    #[vthread]
    fn locked() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let one = File::create(&path).unwrap();
        let other = File::open(&path).unwrap();
        one.lock().unwrap();
        assert!(other.try_lock().is_err() && other.try_lock_shared().is_err());
        let limit = Duration::from_millis(5);
        assert!(timeout!(limit => other.lock()).is_err());
        one.unlock().unwrap();
        assert!(
            other.try_lock().is_ok(),
            "the cancelled wait has not locked it"
        );
        group! {
            let waiting = spawn! {
                one.lock_shared().unwrap();
                one.unlock().unwrap();
            };
            sleep(limit);
            assert!(!waiting.is_finished());
            drop(other);
            waiting.join();
        }
    }

    #[test]
    fn locks_keep_others_out() {
        locked();
    }

    /// Many read and write one file at once, each at its place.
    #[vthread]
    fn at_their_places(n: usize) {
        const PIECE: usize = 1000;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .open(&path)
            .unwrap();
        group! {
            for i in 0..n {
                let file = &file;
                spawn! { file.write_all_at(&[i as u8; PIECE], (i * PIECE) as u64).unwrap(); }
            }
        }
        group! {
            for i in 0..n {
                let file = &file;
                spawn! {
                    let mut piece = [0; PIECE];
                    file.read_exact_at(&mut piece, (i * PIECE) as u64).unwrap();
                    assert!(piece == [i as u8; PIECE]);
                }
            }
        }
        let mut buf = [0; 8];
        let end = (n * PIECE) as u64;
        assert_eq!(file.read_at(&mut buf, end - 3).unwrap(), 3);
        assert_eq!(file.read_at(&mut buf, end).unwrap(), 0);
        let error = file.read_exact_at(&mut buf, end - 3).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn positions_need_no_cursor() {
        at_their_places(50);
    }

    /// Several vthreads read one file through a shared reference: each byte once.
    #[vthread]
    fn shared(n_readers: usize) -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let bytes: Vec<u8> = (0..=255).cycle().take(20_000).collect();
        fs::write(&path, &bytes).unwrap();
        let file = File::open(&path).unwrap();
        let mut all = Vec::new();
        group! {
            let mut tasks = Vec::new();
            for _ in 0..n_readers {
                let mut file = &file;
                tasks.push(spawn! {
                    let (mut own, mut buf) = (Vec::new(), [0; 100]);
                    loop {
                        let n = file.read(&mut buf).unwrap();
                        if n == 0 {
                            break own;
                        }
                        own.extend_from_slice(&buf[..n]);
                        vthread::yield_now();
                    }
                });
            }
            for task in tasks {
                all.extend(task.join());
            }
        }
        all
    }

    #[test]
    fn readers_share_a_cursor() {
        let mut counts = [0; 256];
        shared(4)
            .into_iter()
            .for_each(|byte| counts[byte as usize] += 1);
        assert!(counts.iter().sum::<usize>() == 20_000 && counts.iter().all(|n| *n >= 78));
    }

    #[vthread]
    fn handles() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let mut file = File::create_new(&path).unwrap();
        let mut other = file.try_clone().unwrap();
        file.write_all(b"one ").unwrap();
        other.write_all(b"two").unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "one two",
            "they have one cursor"
        );
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        file.set_modified(long_ago).unwrap();
        assert_eq!(file.metadata().unwrap().modified().unwrap(), long_ago);
        file.set_times(fs::FileTimes::new().set_accessed(long_ago))
            .unwrap();
        assert!(!file.is_terminal());
        let std: std::fs::File = file.into_std().unwrap();
        assert_eq!(std.metadata().unwrap().len(), 7);
        let fd: std::os::fd::OwnedFd = std.into();
        let again = File::from(fd);
        assert_eq!(again.metadata().unwrap().len(), 7);
        drop(other);
    }

    #[test]
    fn one_file_many_handles() {
        handles();
    }

    /// Files of all sizes, read at once and through the cursor, in memory and not.
    #[vthread]
    fn sizes() {
        let directory = tempfile::tempdir().unwrap();
        for size in [0, 1, 4095, 4096, 4097, 262_143, 262_144, 262_145, 1_000_000] {
            let path = directory.path().join(size.to_string());
            let bytes: Vec<u8> = (0..size).map(|i: u32| (i % 251) as u8).collect();
            fs::write(&path, &bytes).unwrap();
            assert!(fs::read(&path).unwrap() == bytes);
            let mut file = File::open(&path).unwrap();
            let mut read = Vec::new();
            assert_eq!(file.read_to_end(&mut read).unwrap(), bytes.len());
            assert!(read == bytes);
        }
        // What is made up as it is read, devices, directories.
        assert!(fs::read_to_string("/proc/self/stat").unwrap().len() > 10);
        let mut zeros = [1; 100];
        File::open("/dev/zero")
            .unwrap()
            .read_exact(&mut zeros)
            .unwrap();
        assert_eq!(zeros, [0; 100]);
        assert!(fs::read(directory.path()).is_err());
        assert!(fs::read("/dev/null").unwrap().is_empty());
    }

    #[test]
    fn all_of_it_is_read() {
        sizes();
    }

    #[test]
    fn a_full_disk_is_an_error() {
        #[vthread(local)]
        fn fill() -> ErrorKind {
            let mut full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            full.write_all(b"words").unwrap_err().kind()
        }
        assert_eq!(fill(), ErrorKind::StorageFull);
    }
}
