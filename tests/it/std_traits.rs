//! The traits of std's types are those of ours: each line is compiled for both.

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::io::{Read, Seek, Write};
use std::iter::FusedIterator;
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, DirEntryExt, OpenOptionsExt};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::process::Stdio;

/// `std's type, ours: traits;`
macro_rules! both {
    ($($stds:ty, $ours:ty: [$($bounds:tt)+])*) => { $({
        fn is<T: ?Sized + $($bounds)+>() {}
        let _ = (is::<$stds>, is::<$ours>);
    })* };
}

macro_rules! each {
    ($([$($bounds:tt)+] $($stds:ty => $ours:ty),+;)*) => { $({
        fn is<T: ?Sized + $($bounds)+>() {}
        $(let _ = (is::<$stds>, is::<$ours>);)+
    })* };
}

/// Only ours: where std's has the infallible one, ours says that the system may refuse.
macro_rules! ours {
    ($([$($bounds:tt)+] $($ours:ty),+;)*) => { $({
        fn is<T: ?Sized + $($bounds)+>() {}
        $(let _ = is::<$ours>;)+
    })* };
}

#[test]
fn of_fs() {
    use std::fs as std_fs;
    use vthread::fs;
    each! {
        [Debug + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe]
            std_fs::File => fs::File,
            std_fs::OpenOptions => fs::OpenOptions,
            std_fs::DirBuilder => fs::DirBuilder,
            std_fs::DirEntry => fs::DirEntry;
        [Debug + Send + Sync] std_fs::ReadDir => fs::ReadDir;
        [Read + Write + Seek] std_fs::File => fs::File, &'static std_fs::File => &'static fs::File;
        [AsFd + AsRawFd + IntoRawFd + FromRawFd + From<OwnedFd>] std_fs::File => fs::File;
        [Clone + OpenOptionsExt] std_fs::OpenOptions => fs::OpenOptions;
        [DirBuilderExt] std_fs::DirBuilder => fs::DirBuilder;
        [DirEntryExt] std_fs::DirEntry => fs::DirEntry;
        [Iterator] std_fs::ReadDir => fs::ReadDir;
        [From<std_fs::File>] Stdio => Stdio;
        [From<fs::File>] Stdio => Stdio;
    }
    ours! {
        [TryFrom<std_fs::File> + TryInto<std_fs::File> + TryInto<OwnedFd>] fs::File;
    }
}

#[test]
fn of_net() {
    use std::net as std_net;
    use std::os::unix::net as std_unix;
    use vthread::net;
    use vthread::os::unix::net as unix;
    each! {
        [Debug + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + AsFd + AsRawFd + IntoRawFd + FromRawFd + Into<OwnedFd>]
            std_net::TcpStream => net::TcpStream,
            std_net::TcpListener => net::TcpListener,
            std_net::UdpSocket => net::UdpSocket,
            std_unix::UnixStream => unix::UnixStream,
            std_unix::UnixListener => unix::UnixListener,
            std_unix::UnixDatagram => unix::UnixDatagram;
        [Read + Write]
            std_net::TcpStream => net::TcpStream, &'static std_net::TcpStream => &'static net::TcpStream,
            std_unix::UnixStream => unix::UnixStream,
            &'static std_unix::UnixStream => &'static unix::UnixStream;
        [Iterator + FusedIterator + Send + Debug] std_net::Incoming<'static> => net::Incoming<'static>;
    }
    ours! {
        [TryFrom<OwnedFd>]
            net::TcpStream, net::TcpListener, net::UdpSocket,
            unix::UnixStream, unix::UnixListener, unix::UnixDatagram;
        [TryFrom<std_net::TcpStream>] net::TcpStream;
        [TryFrom<std_net::TcpListener>] net::TcpListener;
        [TryFrom<std_net::UdpSocket>] net::UdpSocket;
        [TryFrom<std_unix::UnixStream>] unix::UnixStream;
        [TryFrom<std_unix::UnixListener>] unix::UnixListener;
        [TryFrom<std_unix::UnixDatagram>] unix::UnixDatagram;
    }
}

#[test]
fn of_process() {
    use std::process as std_process;
    use vthread::process;
    each! {
        [Debug + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe]
            std_process::Child => process::Child,
            std_process::ChildStdin => process::ChildStdin,
            std_process::ChildStdout => process::ChildStdout,
            std_process::ChildStderr => process::ChildStderr;
        [Debug + Send + Sync] std_process::Command => process::Command;
        [AsFd + AsRawFd + IntoRawFd + Into<Stdio>]
            std_process::ChildStdin => process::ChildStdin,
            std_process::ChildStdout => process::ChildStdout,
            std_process::ChildStderr => process::ChildStderr;
        [Write] std_process::ChildStdin => process::ChildStdin,
            &'static std_process::ChildStdin => &'static process::ChildStdin;
        [Read]
            std_process::ChildStdout => process::ChildStdout,
            std_process::ChildStderr => process::ChildStderr;
    }
    ours! {
        [TryInto<OwnedFd> + TryFrom<OwnedFd>]
            process::ChildStdin, process::ChildStdout, process::ChildStderr;
    }
}

#[test]
fn of_io() {
    use std::io as std_io;
    use vthread::io as ours_io;
    type File = vthread::fs::File;
    each! {
        [Debug + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe]
            std_io::BufReader<std::fs::File> => ours_io::BufReader<File>,
            std_io::BufWriter<std::fs::File> => ours_io::BufWriter<File>,
            std_io::LineWriter<std::fs::File> => ours_io::LineWriter<File>,
            std_io::Take<std::fs::File> => ours_io::Take<File>,
            std_io::Chain<std::fs::File, std::fs::File> => ours_io::Chain<File, File>,
            std_io::Bytes<std::fs::File> => ours_io::Bytes<File>,
            std_io::Lines<std_io::BufReader<std::fs::File>> => ours_io::Lines<ours_io::BufReader<File>>,
            std_io::Split<std_io::BufReader<std::fs::File>> => ours_io::Split<ours_io::BufReader<File>>,
            std_io::Cursor<Vec<u8>> => ours_io::Cursor<Vec<u8>>,
            std_io::Empty => ours_io::Empty,
            std_io::Sink => ours_io::Sink,
            std_io::Repeat => ours_io::Repeat,
            std_io::PipeReader => ours_io::PipeReader,
            std_io::PipeWriter => ours_io::PipeWriter;
        [Debug + Send + Sync] std_io::Stdin => ours_io::Stdin, std_io::Stdout => ours_io::Stdout,
            std_io::Stderr => ours_io::Stderr;
        [AsFd + AsRawFd] std_io::Stdin => ours_io::Stdin, std_io::Stdout => ours_io::Stdout,
            std_io::Stderr => ours_io::Stderr;
        [Into<Stdio>] std_io::Stdout => ours_io::Stdout, std_io::Stderr => ours_io::Stderr;
        [std_io::BufRead + Seek] std_io::Empty => ours_io::Empty;
        [Write] &'static std_io::Empty => &'static ours_io::Empty,
            &'static std_io::Sink => &'static ours_io::Sink;
        [Clone + Copy + Default] std_io::Empty => ours_io::Empty, std_io::Sink => ours_io::Sink;
        [Clone + Default + Eq + PartialEq] std_io::Cursor<Vec<u8>> => ours_io::Cursor<Vec<u8>>;
        [AsFd + AsRawFd + IntoRawFd + FromRawFd + Into<OwnedFd> + Into<Stdio>]
            std_io::PipeReader => ours_io::PipeReader, std_io::PipeWriter => ours_io::PipeWriter;
        [std::error::Error + Debug + Display]
            std_io::IntoInnerError<Vec<u8>> => ours_io::IntoInnerError<Vec<u8>>;
    }
}

#[test]
fn of_sync() {
    use std::sync as std_sync;
    use vthread::sync;
    both! {
        std_sync::Mutex<u8>, sync::Mutex<u8>: [Debug + Default + From<u8> + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::RwLock<u8>, sync::RwLock<u8>: [Debug + Default + From<u8> + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::OnceLock<u8>, sync::OnceLock<u8>: [Debug + Default + From<u8> + Clone + Eq + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::LazyLock<u8>, sync::LazyLock<u8>: [Debug + Default + DerefMut<Target = u8> + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::Condvar, sync::Condvar: [Debug + Default + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::Barrier, sync::Barrier: [Debug + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::BarrierWaitResult, sync::BarrierWaitResult: [Debug]
        std_sync::WaitTimeoutResult, sync::WaitTimeoutResult: [Debug + Clone + Copy + Eq]
        std_sync::Once, sync::Once: [Debug + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::OnceState, sync::OnceState: [Debug]
        std_sync::MutexGuard<'static, u8>, sync::MutexGuard<'static, u8>: [Debug + Display + Deref<Target = u8> + DerefMut + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::RwLockReadGuard<'static, u8>, sync::RwLockReadGuard<'static, u8>: [Debug + Display + Deref<Target = u8> + Sync + UnwindSafe + RefUnwindSafe]
        std_sync::RwLockWriteGuard<'static, u8>, sync::RwLockWriteGuard<'static, u8>: [Debug + Display + Deref<Target = u8> + DerefMut + Sync + UnwindSafe + RefUnwindSafe]
    }
    use std_sync::mpsc as std_mpsc;
    use sync::mpsc;
    both! {
        std_mpsc::Sender<u8>, mpsc::Sender<u8>: [Debug + Clone + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_mpsc::SyncSender<u8>, mpsc::SyncSender<u8>: [Debug + Clone + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_mpsc::Receiver<u8>, mpsc::Receiver<u8>: [Debug + IntoIterator<Item = u8> + Send + UnwindSafe + RefUnwindSafe]
        &'static std_mpsc::Receiver<u8>, &'static mpsc::Receiver<u8>: [IntoIterator<Item = u8>]
        std_mpsc::Iter<'static, u8>, mpsc::Iter<'static, u8>: [Debug + Iterator<Item = u8>]
        std_mpsc::TryIter<'static, u8>, mpsc::TryIter<'static, u8>: [Debug + Iterator<Item = u8>]
        std_mpsc::IntoIter<u8>, mpsc::IntoIter<u8>: [Debug + Iterator<Item = u8> + Send]
    }
}

#[test]
fn of_thread() {
    use std::thread as std_thread;
    use vthread::thread;
    both! {
        std_thread::Thread, thread::Thread: [Debug + Clone + Send + Sync + UnwindSafe + RefUnwindSafe]
        std_thread::ThreadId, thread::ThreadId: [Debug + Copy + Eq + Hash + Send + Sync]
        std_thread::JoinHandle<u8>, vthread::Task<u8>: [Debug + Send + Sync]
    }
}

/// The traits that suspend, where std's has its own of the name.
mod of_ours {
    use vthread::fs::File;
    use vthread::io::{self, Cursor, Read, Seek, SeekFrom, Write};

    #[test]
    fn are_there() {
        ours! {
            [Read] &'static io::Stdin, io::StdinLock<'static>, &'static io::PipeReader;
            [Write]
                &'static io::Stdout, &'static io::Stderr, &'static io::Empty, &'static io::Sink,
                &'static io::PipeWriter, &'static vthread::process::ChildStdin;
            [Seek] io::Empty, io::Take<File>;
        }
        fn of_any_lock<'l>(lock: &'l mut io::StdoutLock<'l>) -> impl Write {
            lock.by_ref()
        }
        let _ = of_any_lock;
    }

    /// As std's: positions within the limit.
    #[test]
    fn a_part_is_sought_in() {
        let mut part = Cursor::new(b"0123456789").take(6);
        part.get_mut().set_position(0);
        let mut text = String::new();
        assert_eq!(part.seek(SeekFrom::Start(4)).block().unwrap(), 4);
        part.read_to_string(&mut text).block().unwrap();
        assert_eq!(part.seek(SeekFrom::End(-5)).block().unwrap(), 1);
        assert_eq!(part.stream_position().block().unwrap(), 1);
        part.seek_relative(1).block().unwrap();
        part.read_to_string(&mut text).block().unwrap();
        assert_eq!(text, "452345");
        assert!(part.seek(SeekFrom::Start(7)).block().is_err());
        assert!(part.seek(SeekFrom::Current(-7)).block().is_err());
    }
}
