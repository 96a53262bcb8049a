//! The standard output and the standard error.

use super::streams::Output;
use crate::io::Result;
use crate::io::frames::{WriteFrames, io_by_frames};
use crate::io::in_place::in_place;
use crate::io::inherent::inherent_io;
use crate::sync::{Mutex, MutexGuard};
use std::fmt;
use std::io::IsTerminal;
use std::process::Stdio;
use std::sync::OnceLock;

macro_rules! outputs {
    ($($(#[$doc:meta])* $function:ident, $ty:ident, $lock:ident, $what:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $function() -> $ty {
                $ty(())
            }

            #[doc = concat!("The standard ", $what, ". See [`", stringify!($function), "`].")]
            ///
            /// # Cancellation
            /// A cancelled write to a pipe or a terminal has not happened; one to a file may still
            /// take effect.
            #[derive(Debug)]
            pub struct $ty(());

            #[doc = concat!("The standard ", $what, " for one alone, from the first write on. See [`", stringify!($ty), "::lock`].")]
            pub struct $lock<'a> {
                held: Option<MutexGuard<'a, Output>>,
            }

            impl $ty {
                #[doc = concat!("The standard ", $what, " for one alone: from the first write on, others wait until the lock goes.")]
                /// Does not wait itself.
                pub fn lock(&self) -> $lock<'static> {
                    $lock { held: None }
                }

                /// Whether it is a terminal.
                pub fn is_terminal(&self) -> bool {
                    std::io::$function().is_terminal()
                }

                fn shared() -> &'static Mutex<Output> {
                    static SHARED: OnceLock<Mutex<Output>> = OnceLock::new();
                    SHARED.get_or_init(|| Mutex::new(Output::$function()))
                }
            }

            impl $lock<'_> {
                async fn output(&mut self) -> &mut Output {
                    if self.held.is_none() {
                        self.held = Some(in_place($ty::shared().lock()).await);
                    }
                    self.held.as_mut().expect("it is held")
                }
            }

            impl WriteFrames for $lock<'_> {
                async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
                    self.output().await.write_frame(buf).await
                }

                async fn flush_frame(&mut self) -> Result<()> {
                    self.output().await.flush_frame().await
                }
            }

            outputs! { @shared $lock $ty }
            outputs! { @shared $lock &$ty }

            io_by_frames!(['l] $lock<'l>: Write);
            inherent_io!($ty: Write);
            inherent_io!(['l] ['l] $lock<'l>: Write);

            impl From<$ty> for Stdio {
                /// Another handle of the stream of this process.
                fn from(_: $ty) -> Self {
                    std::io::$function().into()
                }
            }

            impl fmt::Debug for $lock<'_> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.debug_struct(stringify!($lock)).finish_non_exhaustive()
                }
            }
        )*
    };
    (@shared $lock:ident $ty:ty) => {
        impl WriteFrames for $ty {
                async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
                    self.lock().write_frame(buf).await
                }

                async fn write_all_frame(&mut self, buf: &[u8]) -> Result<()> {
                    self.lock().write_all_frame(buf).await
                }

                async fn flush_frame(&mut self) -> Result<()> {
                    self.lock().flush_frame().await
                }
            }

        io_by_frames!([] $ty: Write);
    };
}

outputs! {
    /// The standard output. As [`std::io::stdout`], but without a buffer: each `write!` is one
    /// write of the system. Wrap it into a [`BufWriter`](crate::io::BufWriter) if there is much to
    /// write.
    ///
    /// Text that `print!` has not written yet, since its line has no end, comes after the text
    /// written here.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::io::stdout;
    ///
    /// // In #[vthread] code without the .block()
    /// writeln!(stdout(), "{} little words", 3).block()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    stdout, Stdout, StdoutLock, "output";
    /// The standard error. As [`std::io::stderr`].
    stderr, Stderr, StderrLock, "error";
}
