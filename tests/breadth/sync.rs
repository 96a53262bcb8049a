// One of the texts: see `main.rs`.

use library::sync::atomic::{AtomicU32, Ordering};
use library::sync::mpsc::{
    self, Receiver, RecvError, RecvTimeoutError, SendError, Sender, SyncSender, TryRecvError,
    TrySendError,
};
use library::sync::{Arc, Barrier, BarrierWaitResult, LazyLock, Once, OnceLock, OnceState, Weak};
use library::time::Duration;

const D: Duration = Duration::from_millis(1);

functions! {
    pub(super) fn channels() {
        let (tx, rx): (Sender<u32>, Receiver<u32>) = mpsc::channel();
        let other: Sender<u32> = tx.clone();
        let sent: Result<(), SendError<u32>> = tx.send(1);
        assert_eq!(sent, Ok(()));
        other.send(2).unwrap();
        let received: Result<u32, RecvError> = rx.recv();
        assert_eq!(received, Ok(1));
        let received: Result<u32, TryRecvError> = rx.try_recv();
        assert_eq!(received, Ok(2));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        let received: Result<u32, RecvTimeoutError> = rx.recv_timeout(D);
        assert_eq!(received, Err(RecvTimeoutError::Timeout));
        for n in 0..4 {
            tx.send(n).unwrap();
        }
        for message in rx.try_iter().take(2) {
            let _: u32 = message;
        }
        let iter: mpsc::TryIter<'_, u32> = rx.try_iter();
        drop((iter, tx, other));
        let mut left = Vec::new();
        for message in rx.iter().take(1) {
            left.push(message);
        }
        for message in &rx {
            left.push(message);
        }
        assert_eq!(left, [2, 3]);
        let iter: mpsc::Iter<'_, u32> = rx.iter();
        let _ = format!("{iter:?} {rx:?}");
        assert_eq!(rx.recv(), Err(RecvError));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
        assert_eq!(rx.recv_timeout(D), Err(RecvTimeoutError::Disconnected));
        for message in rx {
            let _: u32 = message;
        }
        let (tx, rx): (SyncSender<u32>, Receiver<u32>) = mpsc::sync_channel(1);
        tx.send(1).unwrap();
        let sent: Result<(), TrySendError<u32>> = tx.try_send(2);
        assert_eq!(sent, Err(TrySendError::Full(2)));
        drop(rx);
        assert_eq!(tx.send(3), Err(SendError(3)));
        assert_eq!(tx.clone().try_send(4), Err(TrySendError::Disconnected(4)));
        let (tx, rx) = mpsc::sync_channel(0);
        assert_eq!(tx.try_send(5), Err(TrySendError::Full(5)));
        drop(tx);
        let iter: mpsc::IntoIter<i32> = rx.into_iter();
        drop(iter);
    }

    pub(super) fn once_only() {
        static ONCE: Once = Once::new();
        static CELL: OnceLock<String> = OnceLock::new();
        static LAZY: LazyLock<String> = LazyLock::new(|| String::from("lazy"));
        static COUNT: AtomicU32 = AtomicU32::new(0);
        ONCE.call_once(|| {
            COUNT.fetch_add(1, Ordering::SeqCst);
        });
        ONCE.call_once_force(|state: &OnceState| assert!(!state.is_poisoned()));
        ONCE.wait();
        ONCE.wait_force();
        assert!(ONCE.is_completed());
        COUNT.store(0, Ordering::SeqCst);
        assert_eq!(CELL.get(), None);
        let made: &String = CELL.get_or_init(|| String::from("made"));
        assert_eq!(made, CELL.wait());
        assert_eq!(CELL.set(String::new()), Err(String::new()));
        let mut cell: OnceLock<u32> = OnceLock::from(3);
        assert_eq!(cell.clone(), cell);
        *cell.get_mut().unwrap() += 1;
        assert_eq!((cell.take(), cell.into_inner()), (Some(4), None));
        let value: &String = LazyLock::force(&LAZY);
        assert_eq!(value, "lazy");
        assert_eq!(LAZY.len(), 4);
        let barrier: Barrier = Barrier::new(1);
        let result: BarrierWaitResult = barrier.wait();
        assert!(result.is_leader());
        let shared: Arc<u32> = Arc::new(1);
        let weak: Weak<u32> = Arc::downgrade(&shared);
        assert_eq!(weak.upgrade().as_deref(), Some(&1));
        let _ = format!("{ONCE:?} {CELL:?} {LAZY:?} {barrier:?} {result:?}");
    }
}
