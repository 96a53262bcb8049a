//! Files: on helper threads and through the reactor.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use vthread::fs::{self, File, OpenOptions};
use vthread::io::SeekFrom;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::{blocking, yield_now};

/// A directory with FIFOs of these names.
struct Fifos(TempDir);

impl Fifos {
    fn new(names: impl IntoIterator<Item = impl AsRef<Path>>) -> Fifos {
        let directory = TempDir::new().unwrap();
        let paths = names.into_iter().map(|name| directory.path().join(name));
        let status = Command::new("mkfifo").args(paths).status();
        assert!(status.unwrap().success());
        Fifos(directory)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

mod std_s_names {
    use super::*;

    #[vthread]
    fn run(directory: &Path) -> io::Result<()> {
        let below = directory.join("a/b");
        fs::create_dir_all(&below)?;
        let (first, second) = (below.join("first"), below.join("second"));
        fs::write(&first, "some words")?;
        assert_eq!(fs::read(&first)?, b"some words");
        fs::rename(&first, &second)?;
        assert_eq!(fs::read_to_string(&second)?, "some words");
        assert_eq!(fs::metadata(&second)?.len(), 10);
        let missing = fs::metadata(&first).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        fs::write(&second, [0xff])?;
        let not_text = fs::read_to_string(&second).unwrap_err();
        assert_eq!(not_text.kind(), io::ErrorKind::InvalidData);
        fs::remove_file(&second)?;
        assert!(fs::read(&second).is_err());
        fs::remove_dir(&below)?;
        fs::remove_dir_all(directory.join("a"))
    }

    #[test]
    fn hold() {
        run(TempDir::new().unwrap().path()).unwrap();
    }
}

mod an_open_file {
    use super::*;

    #[vthread]
    fn run(path: &Path) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        assert_eq!(
            File::create_new(path).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        file.write_all(b"0123456789")?;
        file.flush()?;
        assert_eq!(file.stream_position()?, 10);
        assert_eq!(file.seek(SeekFrom::Start(3))?, 3);
        let mut two = [0; 2];
        file.read_exact(&mut two)?;
        assert_eq!(&two, b"34");
        file.write_all(b"xy")?;
        file.set_len(8)?;
        file.sync_all()?;
        file.sync_data()?;
        assert_eq!(file.metadata()?.len(), 8);
        assert_eq!(
            file.seek(SeekFrom::Current(-100)).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
        file.rewind()?;
        let mut text = String::new();
        assert_eq!(file.read_to_string(&mut text)?, 8);
        assert_eq!(text, "01234xy7");

        let mut log = OpenOptions::new().append(true).open(path)?;
        log.write_all(b"+")?;
        assert_eq!(fs::read(path)?, b"01234xy7+");
        let mut whole = Vec::new();
        File::open(path)?.read_to_end(&mut whole)?;
        assert_eq!(whole, b"01234xy7+");
        File::create(path)?;
        assert_eq!(fs::read(path)?, b"");
        Ok(())
    }

    #[test]
    fn holds() {
        run(&TempDir::new().unwrap().path().join("file")).unwrap();
    }
}

/// For libraries with blocking reads and writes.
#[test]
fn std_s_traits() {
    use std::io::{Read, Seek, Write};
    let directory = TempDir::new().unwrap();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    let opened = options.open(directory.path().join("file")).block();
    let mut file = opened.unwrap();
    Write::write_all(&mut file, b"words").unwrap();
    Seek::rewind(&mut file).unwrap();
    let mut text = String::new();
    Read::read_to_string(&mut file, &mut text).unwrap();
    assert_eq!(text, "words");
}

mod directories_and_devices {
    use super::*;

    #[vthread]
    fn run(directory: &Path) -> io::Result<()> {
        let mut directory = File::open(directory)?;
        assert!(directory.metadata()?.is_dir());
        assert!(directory.read(&mut [0]).is_err());
        let mut zeros = [1; 5];
        File::open("/dev/zero")?.read_exact(&mut zeros)?;
        assert_eq!(zeros, [0; 5]);
        assert_eq!(fs::read("/dev/null")?, b"");
        fs::write("/dev/null", "nowhere")?;
        let full = fs::write("/dev/full", "nowhere").unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        Ok(())
    }

    #[test]
    fn hold() {
        run(TempDir::new().unwrap().path()).unwrap();
    }
}

/// A reader is cancelled again and again, at different moments; another one continues where it
/// stopped.
mod a_cancelled_read_loses_no_byte {
    use super::*;

    #[vthread]
    fn read_or_go(
        file: &mut File,
        wanted: usize,
        turns: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), usize> {
        group! {
            spawn! {
                let mut buf = vec![0; wanted];
                let n = file.read(&mut buf).unwrap();
                out.extend_from_slice(&buf[..n]);
            }
            for _ in 0..turns {
                yield_now();
            }
            if turns % 2 == 1 {
                blocking(|| {});
            }
            Err::<(), _>(turns)?;
        }
    }

    #[vthread]
    fn run(path: &Path, length: usize) -> (usize, Vec<u8>) {
        let mut file = File::open(path).unwrap();
        let (mut out, mut rounds) = (Vec::new(), 0);
        while out.len() < length {
            let (wanted, turns) = (1 + rounds * 7 % 40, rounds % 11);
            assert!(read_or_go(&mut file, wanted, turns, &mut out).is_err());
            rounds += 1;
        }
        (rounds, out)
    }

    #[test]
    fn holds() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("file");
        let bytes: Vec<u8> = (0..20_000_u32).map(|i| ((i * i) >> 3) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let (rounds, out) = run(&path, bytes.len());
        assert!(out == bytes, "in {rounds} rounds");
    }
}

mod fifos_deliver_until_the_last_writer_has_gone {
    use super::*;

    #[vthread]
    fn run(path: &Path) -> io::Result<()> {
        let mut reader = File::open(path)?;
        for round in 0..3 {
            // After a writer has left, reads report the end until the next writer comes.
            let mut writer = OpenOptions::new().write(true).open(path)?;
            group! {
                spawn! {
                    let mut buf = [0; 5];
                    reader.read_exact(&mut buf)?;
                    assert_eq!(&buf, b"hello");
                    let mut rest = Vec::new();
                    assert_eq!(reader.read_to_end(&mut rest)?, 100_000);
                    assert_eq!(reader.read(&mut buf)?, 0);
                }
                if round > 0 {
                    // The reader meets the open FIFO before there is anything to read.
                    blocking(|| {});
                }
                writer.write_all(b"hello")?;
                writer.write_all(&[7; 100_000])?;
                drop(writer);
            }?;
        }
        let error = reader.seek(SeekFrom::Start(0)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotSeekable);
        Ok(())
    }

    #[test]
    fn holds() {
        run(&Fifos::new(["fifo"]).path("fifo")).unwrap();
    }
}

/// Whole files are FIFOs as well: each side waits for the other.
mod fifos_as_whole_files {
    use super::*;

    #[vthread]
    fn run(path: &Path) -> io::Result<String> {
        group! {
            spawn! { fs::write(path, "through a pipe")? }
            fs::read_to_string(path)?
        }
    }

    #[test]
    fn hold() {
        let fifos = Fifos::new(["fifo"]);
        assert_eq!(run(&fifos.path("fifo")).unwrap(), "through a pipe");
    }
}

/// More children than there are helper threads wait for FIFOs that never deliver, and for readers
/// that never come. Files are still read meanwhile; then all waiters leave at once.
mod fifos_keep_no_thread {
    use super::*;

    #[vthread]
    fn run(fifos: &Fifos, n: usize, file: &Path) -> Result<String, String> {
        let (tx, rx) = channel(n);
        let silent = fifos.path("silent");
        group! {
            for _ in 0..n {
                spawn! {
                    let mut fifo = File::open(&silent).unwrap();
                    tx.send(()).unwrap();
                    fifo.read(&mut [0]).unwrap();
                }
            }
            for _ in 0..10 {
                spawn! { fs::write(fifos.path("unread"), "into the void").unwrap() }
            }
            for _ in 0..n {
                rx.recv().unwrap();
            }
            let text = fs::read_to_string(file).unwrap();
            Err::<String, _>(text)?
        }
    }

    #[test]
    fn hold() {
        let fifos = Fifos::new(["silent", "unread"]);
        let file = fifos.path("file");
        std::fs::write(&file, "done").unwrap();
        assert_eq!(run(&fifos, 600, &file), Err("done".to_owned()));
    }
}

/// Pipes that were opened elsewhere are shared with other processes, which expect them to block.
mod r17_a_pipe_of_others_stays_as_it_is {
    use super::*;
    use std::io::{PipeReader, PipeWriter};
    use std::os::fd::{AsRawFd, OwnedFd};

    /// The flags of the descriptor, in octal.
    fn flags(descriptor: &impl AsRawFd) -> String {
        let path = format!("/proc/self/fdinfo/{}", descriptor.as_raw_fd());
        let info = std::fs::read_to_string(path).unwrap();
        let line = info.lines().find(|line| line.starts_with("flags:"));
        line.unwrap().to_owned()
    }

    fn of_writer(pipe: &PipeWriter) -> File {
        let other = OwnedFd::from(pipe.try_clone().unwrap());
        File::try_from(std::fs::File::from(other)).unwrap()
    }

    fn of_reader(pipe: &PipeReader) -> File {
        let other = OwnedFd::from(pipe.try_clone().unwrap());
        File::try_from(std::fs::File::from(other)).unwrap()
    }

    mod plain {
        use std::io::{self, PipeReader, PipeWriter, Read, Write};

        pub(super) fn write(mut pipe: &PipeWriter, bytes: &[u8]) -> io::Result<()> {
            pipe.write_all(bytes)
        }
        pub(super) fn read(mut pipe: PipeReader) -> usize {
            let mut all = Vec::new();
            pipe.read_to_end(&mut all).unwrap()
        }
    }

    #[vthread]
    fn log(pipe: PipeWriter) -> io::Result<()> {
        let mut log = of_writer(&pipe);
        log.write_all(b"a line\n")?;
        // A plain writer on another thread, which must not get "would block" while the pipe is
        // full.
        vthread::blocking_scoped(|| plain::write(&pipe, &[7; 1 << 20]))?;
        log.write_all(&[8; 1 << 20])?;
        Ok(())
    }

    #[test]
    fn when_it_is_written() {
        let (reader, writer) = io::pipe().unwrap();
        let before = flags(&writer);
        let same = writer.try_clone().unwrap();
        let reading = std::thread::spawn(|| plain::read(reader));
        log(writer).unwrap();
        assert_eq!(flags(&same), before);
        drop(same);
        assert_eq!(reading.join().unwrap(), 7 + (2 << 20));
    }

    /// More readers of silent pipes than there are threads: no thread is blocked.
    #[vthread]
    fn read_all(silent: &[PipeReader], writers: &[PipeWriter]) -> Result<(), usize> {
        let (told, tells) = channel(1);
        group! {
            for pipe in silent {
                let mut file = of_reader(pipe);
                let told = told.clone();
                spawn! {
                    let mut byte = [0];
                    file.read(&mut byte).unwrap();
                    told.send(byte[0]).unwrap();
                };
            }
            for (i, pipe) in writers.iter().enumerate() {
                yield_now();
                plain::write(pipe, &[i as u8]).unwrap();
                assert_eq!(tells.recv().unwrap(), i as u8);
            }
            Err::<(), _>(writers.len())?;
        }
    }

    #[test]
    fn when_it_is_read() {
        let (readers, writers): (Vec<_>, Vec<_>) = (0..40).map(|_| io::pipe().unwrap()).unzip();
        let before = flags(&readers[0]);
        assert_eq!(read_all(&readers, &writers[..20]), Err(20));
        assert_eq!(flags(&readers[0]), before);
    }

    #[test]
    fn when_its_writers_have_gone() {
        let (reader, writer) = io::pipe().unwrap();
        drop(writer);
        let read = vthread::io::Read::read(&mut of_reader(&reader), &mut [0]).block();
        assert_eq!(read.unwrap(), 0);
    }
}
