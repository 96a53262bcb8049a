//! A call on a thread that is started without std.
//!
//! A thread that std starts inherits the capture of `println!` and panic messages from its creator:
//! under the test harness, that of the test that happened to start the runtime. A thread of the
//! system inherits nothing.

#![allow(unsafe_code)] // Starts a thread without std.

#[cfg(unix)]
pub(super) use bare::call;

#[cfg(unix)]
mod bare {
    use std::io;
    use std::mem::MaybeUninit;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::ptr;
    use std::thread;

    struct Errand<F, R> {
        code: Option<F>,
        result: Option<thread::Result<R>>,
    }

    extern "C" fn run<F: FnOnce() -> R, R>(errand: *mut libc::c_void) -> *mut libc::c_void {
        // SAFETY: the caller lends it to this thread until it is joined.
        let errand = unsafe { &mut *errand.cast::<Errand<F, R>>() };
        if let Some(code) = errand.code.take() {
            errand.result = Some(catch_unwind(AssertUnwindSafe(code)));
        }
        ptr::null_mut()
    }

    /// Calls `code` on a new thread, and waits for its result.
    ///
    /// # Errors
    /// The system has no more threads.
    pub(in crate::scheduler) fn call<R: Send>(code: impl FnOnce() -> R + Send) -> io::Result<R> {
        fn start<F: FnOnce() -> R + Send, R: Send>(errand: &mut Errand<F, R>) -> io::Result<()> {
            let mut id = MaybeUninit::uninit();
            let lent = ptr::from_mut(errand).cast();
            // SAFETY: the thread gets an errand of its own types, which is left alone here until it
            // is joined.
            let failed =
                unsafe { libc::pthread_create(id.as_mut_ptr(), ptr::null(), run::<F, R>, lent) };
            if failed != 0 {
                return Err(io::Error::from_raw_os_error(failed));
            }
            // SAFETY: it was started, and is joined once.
            let failed = unsafe { libc::pthread_join(id.assume_init(), ptr::null_mut()) };
            assert_eq!(failed, 0, "a thread of our own can be joined");
            Ok(())
        }
        let mut errand = Errand {
            code: Some(code),
            result: None,
        };
        start(&mut errand)?;
        match errand.result.expect("it has ended") {
            Ok(result) => Ok(result),
            Err(payload) => resume_unwind(payload),
        }
    }
}

/// Calls `code` on this thread, where there is no other way.
#[cfg(not(unix))]
pub(super) fn call<R>(code: impl FnOnce() -> R) -> std::io::Result<R> {
    Ok(code())
}
