//! The macros of `vthread`. Programs use them through the facade crate, which re-exports them.
//!
//! `item` expands `#[vthread]` and `context_var!`. Of the other macros, `forms` parses what users
//! write, `analysis` answers questions about it, and `lower` rewrites the bodies; `emit` has the
//! pieces of generated code, `known` the facts about std, and `names` the paths into the runtime.
#![forbid(unsafe_code)]

mod analysis;
mod clippy;
mod editor;
mod emit;
mod errors;
mod forms;
mod item;
mod known;
mod library;
mod lower;
mod names;
#[cfg(test)]
mod snapshots;
mod source;
mod stacks;

use proc_macro::TokenStream;

/// Makes a function, or every function of an `impl` or a `trait`, a vthread function.
///
/// A `#[vthread] fn` keeps its exact signature and can be called from anywhere: called from
/// `#[vthread]` code it suspends, called from plain code it blocks the caller until it is done.
///
/// ```
/// use std::time::Duration;
/// use vthread::{prelude::*, time::sleep};
///
/// #[vthread]
/// fn pause_and_double(n: u32) -> u32 {
///     sleep(Duration::from_millis(1)); // suspends
///     n * 2
/// }
///
/// // A plain function: the call blocks.
/// fn main() {
///     assert_eq!(pause_and_double(4), 8);
/// }
/// ```
///
/// A method returns a `Call`, which does not run yet. Inside `#[vthread]` code the call is made on
/// the spot and reads like any other; in plain code `.block()` makes it and blocks. A function
/// marked `#[plain]` stays an ordinary one.
///
/// ```
/// use vthread::{prelude::*, sync::Mutex};
///
/// struct Counter {
///     n: Mutex<u32>,
/// }
///
/// #[vthread]
/// impl Counter {
///     #[plain]
///     fn new() -> Self {
///         Counter { n: Mutex::new(0) }
///     }
///
///     fn add(&self, k: u32) -> u32 {
///         let mut n = self.n.lock();
///         *n += k;
///         *n
///     }
/// }
///
/// #[vthread]
/// fn twice(counter: &Counter) -> u32 {
///     counter.add(1);
///     counter.add(1)
/// }
///
/// fn main() {
///     let counter = Counter::new();
///     assert_eq!(counter.add(3).block(), 3);
///     assert_eq!(twice(&counter), 5);
/// }
/// ```
///
/// `for` suspends over every type with a suspending `next`: a receiver, a listener's `incoming()`,
/// and your own types with a `#[vthread] fn next(&mut self) -> Option<T>`. If the type is an
/// `Iterator` too, vthread code takes the suspending `next`. It suspends over a `Stream` of the
/// `futures-core` crate as well: a cancelled step drops nothing but the stream. (One that is not
/// `Unpin` is boxed for the loop; in plain code, which cannot suspend, rustc says that a stream
/// is no iterator.) Loops over other iterators are unchanged. An adapter (`rx.iter().enumerate()`)
/// is a plain iterator, which blocks at each step.
///
/// ```
/// use std::time::Duration;
/// use vthread::{prelude::*, sync::Receiver, sync::channel, time::sleep};
///
/// struct Ticks(u32);
///
/// #[vthread]
/// impl Ticks {
///     fn next(&mut self) -> Option<u32> {
///         sleep(Duration::from_millis(1));
///         self.0 = self.0.checked_sub(1)?;
///         Some(self.0)
///     }
/// }
///
/// #[vthread]
/// fn sum(numbers: Receiver<u32>) -> u32 {
///     let mut sum = 0;
///     for n in numbers {
///         sum += n; // `for` suspends until there is a number.
///     }
///     sum
/// }
///
/// #[vthread]
/// fn ticks() -> u32 {
///     let (tx, rx) = channel(1);
///     group! {
///         let sum = spawn! { sum(rx) };
///         for n in Ticks(4) {
///             let _ = tx.send(n);
///         }
///         drop(tx);
///         sum.join()
///     }
/// }
///
/// fn main() {
///     assert_eq!(ticks(), 6);
/// }
/// ```
///
/// `.await` works on any Rust future in the body itself. Closures, plain functions and async blocks
/// inside the body are not part of the state machine: calls in them block (except in a
/// [`closure!`], where they suspend). In a closure a method call reads the same, and may end with
/// `.block()`, as in plain code.
///
/// In an async block a method call ends with `.block()`, and a call that waits may hang: a future
/// such as `join!(a, b)` is polled by one thread, so a call in `a` that blocks until `b` makes
/// progress never returns. hyper polls the body of a request together with the future of its
/// `service_fn` in the same way. A call there gets a warning, also in the arguments of `join!`,
/// `try_join!` and `select!` of other crates; in the tokens of other macros it gets none. Make the
/// call in a vthread of its own instead, and await its `Task`, which is a future:
///
/// ```
/// use vthread::prelude::*;
///
/// #[vthread]
/// fn answer(question: &str) -> usize {
///     vthread::yield_now(); // waits for something
///     question.len()
/// }
///
/// #[vthread]
/// fn answers() -> usize {
///     group! {
///         let task = spawn! { answer("why") };
///         let future = async move { task.await.unwrap_or(0) }; // anything may poll it
///         future.await
///     }
/// }
///
/// fn main() {
///     assert_eq!(answers(), 3);
/// }
/// ```
///
/// A function may call itself by its own name, to any depth. Functions that call each other in a
/// circle need `#[vthread(boxed)]` on one of them:
///
/// ```
/// use vthread::prelude::*;
///
/// #[vthread(boxed)]
/// fn is_even(n: u32) -> bool {
///     n == 0 || is_odd(n - 1)
/// }
///
/// #[vthread]
/// fn is_odd(n: u32) -> bool {
///     n != 0 && is_even(n - 1)
/// }
///
/// fn main() {
///     assert!(is_even(10));
/// }
/// ```
///
/// A `#[vthread] fn main` begins and ends the process: when it returns, fails or panics, the
/// children of the process (`background!`) are cancelled and joined, and their failures are
/// printed. The exit status is that of `main`'s return value, which can be anything that a plain
/// `main` may return. If `main` succeeded but a child of the process failed, it is a failure; if
/// `signal::cancel_on_ctrl_c` ended the process, it is 128 plus the signal's number, as in a shell.
///
/// # Blocking calls
/// A blocking call of std in the body gets a warning that names the replacement:
/// `std::thread::sleep`, `std::fs::read`, `TcpStream::connect`, reads of `stdin()`,
/// `Command::output`, `recv` on std's channels and others. Such a call blocks an OS thread, keeps
/// other vthreads waiting, and cannot be cancelled.
///
/// A guard of `std::sync::Mutex` or `RwLock` that lives across a suspension point does the same to
/// every other vthread that wants the lock. It gets a warning where the vthread suspends: end the
/// guard earlier, by a block or `drop(guard)`, or take the lock of `vthread::sync`. The warning
/// covers guards that a `let` takes out of `lock()`, `read()`, `write()` or their `try_` forms
/// (`let guard = m.lock().unwrap();`, `let Ok(guard) = m.lock() else { .. };`). It does not cover
/// guards in an `if let` or a `match`, temporaries, or guards that your own functions return.
///
/// The warnings belong to the lint `deprecated`, the only one that a macro can raise:
///
/// ```
/// use vthread::prelude::*;
///
/// #[vthread]
/// #[allow(deprecated)] // A short read, before anything else runs.
/// fn host() -> Option<String> {
///     std::fs::read_to_string("/etc/hostname").ok()
/// }
///
/// fn main() {
///     host();
/// }
/// ```
///
/// # Options
/// - `boxed`: the frame is boxed, and `Send`. It may also stand on a method in a `#[vthread] impl`.
/// - `local`, on a function nested in a plain function or beside a module of its name: leaves out
///   the module by which other functions find it, so calls of it block.
/// - `dyn`, on a trait and its impls: calls are boxed, so that `dyn Trait` works.
/// - `unannounced(name)`, on an `impl`: the method `name` is not announced, because another method
///   of that name of the type already is. `unannounced` alone: no method is announced.
/// - `?Send`, with `boxed` or on a trait and its impls: frames need not be `Send`.
/// - `crate = path`: the path of the library, for frameworks that re-export it
///   (`#[vthread(crate = framework::vthread)]`). A dependency that is renamed in `Cargo.toml` is
///   found without it.
///
/// # Limits
/// A vthread function takes its name among modules too: that is where vthread code finds the
/// suspending version, and a `use` imports both. A module of the same name cannot stand beside it:
/// instead of `mod wrap; pub use wrap::wrap;` write `mod wrap_fn; pub use wrap_fn::wrap;`. After a
/// glob (`mod fetch; pub use fetch::*;`, or `mod fetch; pub use client::*;` where `client` has the
/// function) the module takes precedence and hides the suspending version: calls of `fetch` by that
/// path block, which is correct but slower. The function gets a warning if the glob stands in a
/// module around its own; elsewhere the macro cannot see it. `metrics().pinned` counts such calls,
/// and with the feature `tracing` each is an event with its location. A function with the name of
/// its library must stand in that library's `lib.rs` itself.
///
/// A call by name is resolved before the types of its arguments are known to the caller, so the
/// type that rustc expects of the result does not reach a generic callee. Where that type chooses
/// the instance (`let s: &[u8] = shown(&[1, 2])`), write it at the argument (`shown(&[1, 2][..])`)
/// or at the callee (`shown::<[u8]>(..)`).
///
/// The body is moved into a hidden function: `std::any::type_name` of an item or a closure inside
/// `f` shows `__vthread_f` where a plain function shows `f`.
///
/// A macro with the name of one of std's macros is taken for std's, so calls in its arguments
/// suspend, unless the file imports another one by its name (`use pretty_assertions::assert_eq;`),
/// declares one, or calls it by a path. Calls in those block, as in any unknown macro.
///
/// A `Trait::make()` whose type is inferred from its surroundings needs `<T as Trait>::make()`. The
/// crate must be of edition 2018 or later.
///
/// A vthread method cannot have the name of a std method that never suspends, such as `len` or
/// `clone`: calls by those names are left as they are. A callee whose name begins with a capital is
/// taken for a constructor. In a `group!` in a plain function, call a local closure as `(f)(x)`.
///
/// The page [limits](../vthread/limits/index.html) lists the programs that are refused, and the way
/// out of each.
#[proc_macro_attribute]
pub fn vthread(attr: TokenStream, item: TokenStream) -> TokenStream {
    item::expand(attr.into(), item.into()).into()
}

/// Makes a test of a function: a `#[test]` whose body is vthread code.
///
/// ```
/// use vthread::prelude::*;
/// use vthread::sync::channel;
/// use vthread::time::{Duration, sleep};
///
/// # fn main() {}
/// #[vthread::test(virtual_time)]
/// fn a_slow_answer_is_waited_for() {
///     let (question, asked) = channel(1);
///     let (answer, answered) = channel(1);
///     group! {
///         spawn! {
///             for n in asked {
///                 sleep(Duration::from_secs(3600));
///                 answer.send(n + 1).unwrap();
///             }
///         }
///         question.send(1).unwrap();
///         assert_eq!(answered.recv(), Ok(2));
///         assert_eq!(vthread::testing::elapsed(), Duration::from_secs(3600));
///         drop(question);
///     }
/// }
/// ```
///
/// The function has no arguments, and returns what a `#[test]` may return. Std's attributes
/// (`#[should_panic]`, `#[ignore]`, `#[cfg(..)]`) work as they do there.
///
/// Each test has vthreads of its own, and may run beside others. It fails if its body fails, and if
/// a vthread panics that it has spawned, in a group or with `background!`; and if vthreads live on
/// when its body has ended, which it names. (They have two seconds to end, or, with a time of their
/// own, as long as they need no time to pass.)
///
/// | option | meaning |
/// |---|---|
/// | none | the vthreads run in parallel, as in a program |
/// | `virtual_time` | all on the thread of the test, and its clock stands still as long as a vthread can run: it jumps to the next timer when none can |
/// | `seed = N` | the same, and the order of the vthreads is drawn from the seed |
/// | `seeds = N` | once for each of the seeds below `N` |
///
/// The page of [`vthread::testing`](../vthread/testing/index.html) says what follows the clock, and
/// what a seed decides.
#[proc_macro_attribute]
pub fn test(attr: TokenStream, item: TokenStream) -> TokenStream {
    item::test::expand(attr.into(), item.into()).into()
}

/// Marks a function of a `#[vthread] impl` or `#[vthread] trait` that stays an ordinary one.
///
/// ```
/// use vthread::prelude::*;
///
/// struct Named(String);
///
/// #[vthread]
/// impl Named {
///     #[plain]
///     fn name(&self) -> &str {
///         &self.0
///     }
/// }
///
/// fn main() {
///     assert_eq!(Named("a".into()).name(), "a");
/// }
/// ```
#[proc_macro_attribute]
pub fn plain(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Announces the methods of a `#[vthread] trait` for a type; invoked by the macro of the trait.
#[doc(hidden)]
#[proc_macro]
pub fn __gates(tokens: TokenStream) -> TokenStream {
    item::announce::implement(tokens.into()).into()
}

/// Opens a thread group, runs its body in the current vthread, and ends when the body and all
/// children have ended.
///
/// Children may borrow everything outside the group, and run in parallel with the body. Names that
/// are bound inside the body (loop variables, `let`s, patterns) move into the child that uses them.
///
/// ```
/// use vthread::{prelude::*, sync::Mutex};
///
/// #[vthread]
/// fn sum_of_squares(numbers: &[u64]) -> u64 {
///     let total = Mutex::new(0);
///     group! {
///         for n in numbers {
///             spawn! {
///                 *total.lock() += n * n;
///             }
///         }
///     }
///     total.into_inner()
/// }
///
/// fn main() {
///     assert_eq!(sum_of_squares(&[1, 2, 3]), 14);
/// }
/// ```
///
/// The value of a group is the value of its body. In a function that returns a `Result`, under that
/// name or an alias, `group!` is a `Result` too: the first failure in time, of a child or of the
/// body, cancels the others and becomes its `Err`.
///
/// ```
/// use std::num::ParseIntError;
/// use vthread::prelude::*;
///
/// #[vthread]
/// fn add(a: &str, b: &str) -> Result<u32, ParseIntError> {
///     group! {
///         let a = spawn! { a.parse::<u32>()? };
///         let b: u32 = b.parse()?;
///         a.join() + b
///     }
/// }
///
/// fn main() {
///     assert_eq!(add("1", "2"), Ok(3));
///     assert!(add("x", "2").is_err());
/// }
/// ```
///
/// In other functions children cannot fail, unless the group names an error type. `group!` also
/// works in plain functions and closures, where it blocks the caller.
///
/// ```
/// use vthread::prelude::*;
///
/// fn main() {
///     let total = group!(error = std::num::ParseIntError, max_concurrency = 2 => {
///         let a = spawn! { "20".parse::<u32>()? };
///         let b = spawn!(name = "second" => { "22".parse::<u32>()? });
///         a.join() + b.join()
///     });
///     assert_eq!(total, Ok(42));
/// }
/// ```
///
/// # Grammar
/// `group! { body }`, `group!(options => { body })`.
///
/// # Options
/// `group!(g, max_concurrency = 8, name = "downloads", error = E => { .. })`, all of them optional:
/// - `g`: the group's handle, `g: &Group<'_, E>`, for `spawn!(g => ..)`, also in another function;
/// - `max_concurrency = n`: at most `n` children run at a time; at the limit `spawn!` suspends.
///   Services do not count;
/// - `name = ..`: the name in dumps and traces;
/// - `error = E`: the group's error type; `error = !` means that nothing may fail;
/// - `on_failure = cancel`: the default. `keep`: a failure cancels nothing, and each handle's
///   `join()` returns its own `Result`. The group is a `Result` all the same, whose only `Err` is a
///   `?` of its body; without an error type, so in a function that returns no `Result`, it takes
///   `error = E` for its children to fail with: `group!(on_failure = keep, error = E => ..)`.
///   `collect`: the first failure cancels, and the group returns `Result<T, Failures<E>>` with
///   every failure;
/// - `grace = duration`: how long cleanup (`defer!`, `shield!`) may take after a cancellation.
///   After that it is cancelled as well, at its next suspension point; children are joined all the
///   same. Of nested groups the shortest grace counts; the default is `vthread::Config::grace`, 30
///   seconds. It bounds the group's body and children when the group is cancelled, and everything
///   inside that is cancelled alone: a `timeout!`, a loser of a `select!`, a child by
///   `Task::cancel`.
///
/// # Suspends
/// Until the body and all children have ended.
///
/// # Cancellation
/// A member that fails by its own `?`, `return Err(..)` or an `Err` as the tail cancels the others
/// before its locals are dropped. So a member that fails because of those drops, on a channel that
/// they closed, say, comes second. Two kinds of drops still come before the failure: those of
/// locals in the functions that the member called, and those of the member's own locals where a
/// macro returns by itself (`ensure!`).
///
/// On cancellation the children are cancelled and joined before anything outside the group is
/// touched. A group whose body has completed is not a suspension point on its way out: it returns
/// its result, unless a cancellation from outside ended a child or stopped one from being spawned,
/// so that its work is missing. The work of a service is never missing.
///
/// # Panics
/// Resumes the first panic of a child or of the body, after all children have ended.
///
/// # Errors
/// In a function that returns a `Result`, and with `error = E`, a group is a `Result`; its error is
/// the first failure in time, of a child or of the body. Elsewhere children cannot fail.
#[proc_macro]
pub fn group(tokens: TokenStream) -> TokenStream {
    lower::plain_code::group(tokens.into()).into()
}

/// Starts a child in the innermost enclosing [`group!`], and returns its `Task`.
///
/// A child fails by evaluating to `Err(e)`, through `?`, `return` or its tail; `return` ends the
/// child.
///
/// ```
/// use vthread::{Group, prelude::*, sync::Mutex};
///
/// #[vthread]
/// fn count<'scope>(g: &Group<'scope, String>, words: &'scope [&str], n: &'scope Mutex<usize>) {
///     for word in words {
///         // Into a group that was handed in: everything moves.
///         spawn!(g => {
///             if word.is_empty() {
///                 return Err("an empty word".to_string());
///             }
///             *n.lock() += word.len();
///             Ok(())
///         });
///     }
/// }
///
/// #[vthread]
/// fn letters(words: &[&str]) -> Result<usize, String> {
///     let n = Mutex::new(0);
///     group!(g => {
///         count(g, words, &n);
///     })?;
///     Ok(n.into_inner())
/// }
///
/// fn main() {
///     assert_eq!(letters(&["ab", "c"]), Ok(3));
///     assert!(letters(&["ab", ""]).is_err());
/// }
/// ```
///
/// A child must be `Send`, and cannot borrow anything that ends with the group's body:
///
/// ```compile_fail,E0521
/// use vthread::prelude::*;
///
/// #[vthread]
/// fn dangling() {
///     group! {
///         let word = String::from("x");
///         let borrowed = &word;
///         spawn! { println!("{borrowed}"); }
///     }
/// }
/// ```
///
/// A variable of a `Copy` type that is bound inside the body moves into a child as a copy. A child
/// that changes its copy while the variable is used again outside is refused: the change would be
/// lost.
///
/// ```compile_fail,E0277
/// use vthread::prelude::*;
///
/// #[vthread]
/// fn lost() -> u32 {
///     group! {
///         let mut n = 0;
///         spawn! { n += 1; println!("{n}"); }.join();
///         n
///     }
/// }
/// ```
///
/// # Grammar
/// `spawn! { body }`, `spawn!(options => { body })`.
///
/// # Options
/// `spawn!(g, move, service, name = "worker" => { .. })`, all of them optional:
/// - `g`: the group to spawn into;
/// - `move`: moves every capture;
/// - `service`: the child does not keep its group open, and does not count for `max_concurrency`;
///   it is cancelled when everything else in the group has ended;
/// - `name = ..`: the name in dumps and traces.
///
/// # Suspends
/// While the group runs `max_concurrency` children.
///
/// # Cancellation
/// A suspension point: a cancelled group spawns nothing.
///
/// # Panics
/// None of its own. A panic of the child cancels the group and resumes in the parent, at the end of
/// the group.
///
/// # Errors
/// The child's failure is the group's: it converts to the group's error type by `From` and cancels
/// the others, or with `on_failure = keep` is what `join()` returns. A failure by the child's own
/// `?`, `return` or tail cancels the others before the child's locals are dropped; locals of the
/// functions that it called are dropped earlier.
#[proc_macro]
pub fn spawn(tokens: TokenStream) -> TokenStream {
    lower::plain_code::spawn(tokens.into()).into()
}

/// Starts a child of the process: it belongs to no group, borrows nothing, and may outlive the
/// function that starts it.
///
/// For work that serves the whole program, such as a cache that refreshes itself. Prefer [`spawn!`]
/// wherever some code waits for the work: work in the background fails in the background.
///
/// ```
/// use vthread::{prelude::*, sync::channel};
///
/// #[vthread]
/// fn main() {
///     let (tx, rx) = channel::<String>(1);
///     let logger = background!(name = "logger" => {
///         let mut n = 0;
///         while let Ok(line) = rx.recv() {
///             println!("{line}");
///             n += 1;
///         }
///         n
///     });
///     tx.send("hello".to_string()).unwrap();
///     drop(tx);
///     assert_eq!(logger.join(), 1);
/// }
/// ```
///
/// Everything that the body uses moves into it, and must be `Send` and `'static`. The macro returns
/// a `Task`, in `#[vthread]` and in plain code.
///
/// # Grammar
/// `background! { body }`, `background!(options => { body })`.
///
/// # Options
/// `background!(name = "worker" => { .. })`: the name in dumps, traces and the report of a failure.
/// `move` is allowed as well.
///
/// # The end
/// When a `#[vthread] fn main` returns, fails or panics, all children of the process are cancelled
/// (the reason is the shutdown), have the time of `vthread::Config::grace` for their cleanup, and
/// are joined. A plain `main` calls `vthread::shutdown()` last for the same effect; without that
/// call they are cut off where they are.
///
/// # Suspends
/// Never.
///
/// # Cancellation
/// Not a suspension point: a cancelled vthread starts the child too, and its own end does not
/// affect the child. Once the process has begun to end nothing is started, and the task counts as
/// cancelled.
///
/// # Panics
/// None. A panic of the child cancels nothing; it is reported like an error.
///
/// # Errors
/// A child of the process may fail with any error that converts into
/// `Box<dyn Error + Send + Sync>`, by `?`, by `return` or by its tail. The failure cancels nothing.
/// `vthread::shutdown` returns all such failures; a `#[vthread] fn main` prints them when it ends,
/// one a line, and the process then ends with a failure even if `main` succeeded.
#[proc_macro]
pub fn background(tokens: TokenStream) -> TokenStream {
    lower::plain_code::background(tokens.into()).into()
}

/// Cancels its body in place when the time is over: `Ok(value)`, or `Err(Elapsed)`.
///
/// The caller decides whether that is a failure. `?`, `return`, `break` and `continue` in the body
/// leave it as they leave a block.
///
/// ```
/// use std::time::Duration;
/// use vthread::{prelude::*, time::{Elapsed, sleep}};
///
/// #[vthread]
/// fn answer(patience: Duration) -> Result<u32, Elapsed> {
///     timeout!(patience => {
///         sleep(Duration::from_millis(20));
///         42
///     })
/// }
///
/// fn main() {
///     assert_eq!(answer(Duration::from_secs(3600)), Ok(42));
///     assert!(answer(Duration::from_millis(1)).is_err());
/// }
/// ```
///
/// An `Instant` is the end itself, and may be that of several bodies. It is std's, and compared
/// with `vthread::time::now()`, which follows the clock of a test. One that has passed ends the
/// body at its first suspension point:
///
/// ```
/// use vthread::prelude::*;
/// use vthread::time::{Duration, now, sleep};
///
/// #[vthread]
/// fn main() {
///     let end = now() + Duration::from_millis(5);
///     for _ in 0..3 {
///         let late = timeout!(end => sleep(Duration::from_secs(3600)));
///         assert!(late.is_err() && now() >= end);
///     }
/// }
/// ```
///
/// # Grammar
/// `timeout!(limit => { body })`, `timeout!(limit => expression)`; the limit is a
/// `std::time::Duration`, counted from here, or a `std::time::Instant`, and in generic code a
/// `vthread::time::TimeLimit`.
///
/// # Suspends
/// Where its body suspends.
///
/// # Cancellation
/// When the time is over the body is cancelled like a vthread: at its next suspension point, with
/// its groups joined, innermost first. The value of a body that has completed is delivered. If the
/// surrounding code is cancelled as well, it does not continue.
///
/// A limit that is over where the `timeout!` begins, `Duration::ZERO` or an instant that has
/// passed, ends the body at its first suspension point: no operation of the library is tried, also
/// if it would not have to wait. To take what is there and not wait for more, there are `try_recv`,
/// `try_lock` and the like, `recv_timeout(Duration::ZERO)`, and `select! { .., default => .. }`.
///
/// # Panics
/// Those of its body.
///
/// # Errors
/// `Err(Elapsed)` if the time was over first. The body's own errors are inside the `Ok`, or leave
/// the body by `?`.
#[doc(alias = "timeout_at")]
#[proc_macro]
pub fn timeout(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Timeout, tokens.into()).into()
}

/// Postpones cancellation to the end of its body.
///
/// A cancellation from outside takes effect at the first suspension point after the body. Timeouts
/// inside still work, and groups that are opened inside are shielded too.
///
/// ```
/// use vthread::{prelude::*, sync::Mutex};
///
/// #[vthread]
/// fn transfer(from: &Mutex<i64>, to: &Mutex<i64>, amount: i64) {
///     shield! {
///         *from.lock() -= amount;
///         vthread::yield_now(); // not a place to stop
///         *to.lock() += amount;
///     }
/// }
///
/// fn main() {
///     let (a, b) = (Mutex::new(10), Mutex::new(0));
///     transfer(&a, &b, 7);
///     assert_eq!((a.into_inner(), b.into_inner()), (3, 7));
/// }
/// ```
///
/// # Grammar
/// `shield! { body }`
///
/// # Suspends
/// Where its body suspends.
///
/// # Cancellation
/// Postponed to the end of the body, or to the end of the grace of the surrounding group
/// (`group!(grace = d => ..)`, 30 seconds by default): then the body is dropped at its next
/// suspension point.
///
/// # Panics
/// Those of its body.
///
/// # Errors
/// None of its own: it returns the value of its body, and `?` leaves it.
#[proc_macro]
pub fn shield(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Shield, tokens.into()).into()
}

/// A body whose panics end here: returns [`std::thread::Result`], the body's value or the payload
/// of its panic.
///
/// Like [`std::panic::catch_unwind`], but the body may suspend, borrow, and use `?`, `return` and
/// `break`. For code that must not take the rest down with it, such as the handlers of a server:
///
/// ```
/// use vthread::{prelude::*, sync::Mutex};
///
/// #[vthread]
/// fn handle(request: &str, log: &Mutex<Vec<String>>) {
///     vthread::yield_now();
///     let n: u32 = request.parse().expect("a number");
///     log.lock().push(format!("{}", n + 1));
/// }
///
/// #[vthread]
/// fn serve(requests: &[&str]) -> Vec<String> {
///     let log = Mutex::new(Vec::new());
///     group! {
///         for request in requests {
///             spawn! {
///                 if catch_unwind! { handle(request, &log) }.is_err() {
///                     log.lock().push("a bug".to_owned());
///                 }
///             }
///         }
///     }
///     log.into_inner()
/// }
///
/// fn main() {
///     let mut log = serve(&["1", "x", "2"]);
///     log.sort();
///     assert_eq!(log, ["2", "3", "a bug"]);
/// }
/// ```
///
/// A panic in a group inside the body arrives here after that group is joined. Children that the
/// body spawns into outer groups do not belong to it: they go on, and their panics are those of
/// their groups. The caller judges what the body has left half done: `UnwindSafe` is not required.
///
/// # Grammar
/// `catch_unwind! { body }`
///
/// # Suspends
/// Where its body suspends.
///
/// # Cancellation
/// Not a panic: a cancellation passes through, whether the vthread is cancelled or only a scope
/// around this body, and the code after it does not run. A panic of a destructor during the
/// cancellation is not caught here either.
///
/// # Panics
/// None of the body's. With `panic = "abort"` nothing is caught.
///
/// # Errors
/// `Err(payload)` if the body panicked. The body's own errors are inside the `Ok`, or leave the
/// body by `?`.
#[proc_macro]
pub fn catch_unwind(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::CatchUnwind, tokens.into()).into()
}

/// Cleanup that may suspend: runs at the end of its block, however the block ends.
///
/// It runs when the block completes, on `?`, `return`, `break`, panic and cancellation; of several
/// the last one runs first. It is shielded from cancellation for the grace of the surrounding
/// group. Nothing can leave it early: `?`, `return` and `break` out of it are compile errors.
///
/// ```
/// use vthread::{prelude::*, sync::Mutex};
///
/// #[vthread]
/// fn work(log: &Mutex<Vec<&'static str>>, fails: bool) -> Result<(), String> {
///     defer! { log.lock().push("closed"); }
///     log.lock().push("opened");
///     if fails {
///         return Err("no".to_string());
///     }
///     log.lock().push("done");
///     Ok(())
/// }
///
/// fn main() {
///     let log = Mutex::new(Vec::new());
///     work(&log, false).unwrap();
///     work(&log, true).unwrap_err();
///     assert_eq!(log.into_inner(), ["opened", "done", "closed", "opened", "closed"]);
/// }
/// ```
///
/// # Grammar
/// `defer! { body }`, a statement.
///
/// # Suspends
/// Where its body suspends, at the end of the block.
///
/// # Cancellation
/// The rest of the block is dropped first; then the cleanup runs, shielded; then the cancellation
/// continues. When the grace is over (`group!(grace = d => ..)`, 30 seconds by default) the cleanup
/// ends at its next suspension point.
///
/// # Panics
/// The cleanup's panic; otherwise the block's.
///
/// # Errors
/// None: the cleanup has no value, and handles its own errors.
#[proc_macro]
pub fn defer(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Defer, tokens.into()).into()
}

/// Waits for several things at once: the first branch to end wins, and its handler runs.
///
/// The branches run in this vthread, in turn, and may use its variables. Before the handler runs,
/// the losers are cancelled and dropped and their groups joined, so it cannot wait for something
/// that a loser holds. No branch is favoured among several that are ready, and a branch that is a
/// single operation never takes something and loses it. For a number of receivers that is known
/// only at run time, use `sync::recv_any`.
///
/// ```
/// use std::time::Duration;
/// use vthread::{prelude::*, sync::channel, time::sleep};
///
/// #[vthread]
/// fn first_word(patience: Duration) -> String {
///     let (tx, rx) = channel::<String>(1);
///     group! {
///         spawn! { sleep(Duration::from_millis(5)); let _ = tx.send("hello".to_string()); }
///         select! {
///             Ok(word) = rx.recv() => word,
///             _ = sleep(patience) => "too late".to_string(),
///             else => "closed".to_string(),
///         }
///     }
/// }
///
/// fn main() {
///     assert_eq!(first_word(Duration::from_secs(3600)), "hello");
///     assert_eq!(first_word(Duration::ZERO), "too late");
/// }
/// ```
///
/// A branch whose value does not match its pattern drops out, and the others go on; when all have
/// dropped out, the handler of `else` runs. So branches none of whose values match all run to their
/// ends, in one vthread, without having to be `Send` as children are:
///
/// ```
/// use std::{convert::Infallible, rc::Rc};
/// use vthread::{prelude::*, sync::{Receiver, mpsc::RecvError, unbounded}};
///
/// #[vthread]
/// fn both(left: &Receiver<u32>, right: &Receiver<u32>) -> Result<(Rc<u32>, Rc<u32>), RecvError> {
///     let (mut one, mut other) = (None, None);
///     select! {
///         Some(never) = { one = Some(Rc::new(left.recv()?)); None::<Infallible> } => match never {},
///         Some(never) = { other = Some(Rc::new(right.recv()?)); None::<Infallible> } => match never {},
///         else => Ok((one.unwrap(), other.unwrap())),
///     }
/// }
///
/// fn main() {
///     let (to_left, left) = unbounded();
///     let (to_right, right) = unbounded();
///     to_left.try_send(1).unwrap();
///     to_right.try_send(2).unwrap();
///     assert_eq!(both(&left, &right), Ok((Rc::new(1), Rc::new(2))));
/// }
/// ```
///
/// # Grammar
/// `select! { biased; pattern = branch, if guard => handler, .. else => handler }`: at least one
/// branch, and a comma after each handler that is not in braces. The rest is optional:
/// - `biased;`: of several branches that are ready the uppermost wins. They are looked at one after
///   another: if two become ready between the looks at the one and at the other, the lower may win;
/// - `if guard`: the branch takes part only if this is true;
/// - `else => handler`, as the last: what to do when all branches have dropped out;
/// - `default => handler`, in the place of `else`: what to do when no branch is ready at once. A
///   branch that gives way (`yield_now()`) is not.
///
/// # Suspends
/// Until a branch has ended and the others are dropped.
///
/// # Cancellation
/// All branches are cancelled. After one has won, its value is delivered.
///
/// # Panics
/// The panic of a branch. Panics if all branches have dropped out and there is no `else`.
///
/// # Errors
/// None of its own: it returns the handler's value, and `?` in a branch or a handler leaves it.
#[proc_macro]
pub fn select(tokens: TokenStream) -> TokenStream {
    lower::plain_code::select(tokens.into()).into()
}

/// Runs its body for every item of a collection at once: the first success wins.
///
/// Each item gets a runner, a child that runs in parallel with the others and may borrow from
/// outside. The first runner that ends with a value wins: the others are cancelled and joined, and
/// the race is `Ok(value)`. If all fail, it is `Err` with every failure, in order of time.
///
/// ```
/// use vthread::{Failures, prelude::*, time::{Duration, sleep}};
///
/// #[vthread]
/// fn fetch(mirror: &str) -> Result<String, String> {
///     match mirror.strip_prefix("down.") {
///         Some(name) => Err(format!("{name} is down")),
///         None => {
///             sleep(Duration::from_millis(mirror.len() as u64));
///             Ok(format!("from {mirror}"))
///         }
///     }
/// }
///
/// #[vthread]
/// fn fetch_any(mirrors: &[&str]) -> Result<String, String> {
///     race!(for mirror in mirrors => fetch(mirror), else => return Err("no mirrors".to_string()))
///         .map_err(Failures::into_first)
/// }
///
/// fn main() {
///     assert_eq!(fetch_any(&["down.a", "b", "a mirror far away"]), Ok("from b".to_string()));
///     assert_eq!(fetch_any(&["down.a"]), Err("a is down".to_string()));
///     assert_eq!(fetch_any(&[]), Err("no mirrors".to_string()));
/// }
/// ```
///
/// The body is like that of a closure that returns a `Result`: `?` and `return` end the runner. If
/// nothing in it fixes its error type, `error = E` does; the body then reads like a child of a
/// group, where a tail that is not a `Result` is a success.
///
/// A runner whose last step takes something, as in
/// `race!(for receiver in &receivers => receiver.recv())`, loses nothing: messages received or
/// sent, connections accepted, bytes and lines read, and signals are taken by the winner only. A
/// runner that waits again after it has taken something may lose it. For receivers alone,
/// `sync::recv_any` needs no vthreads.
///
/// # Grammar
/// `race!(options, for pattern in collection => body, else => value)`, where the options are
/// `max_concurrency = 8`, `name = "mirrors"` and `error = E`, and everything but the `for` is
/// optional. A race without runners has the value of `else`.
///
/// # Suspends
/// Until a runner has won and the others have ended, or all have failed.
///
/// # Cancellation
/// The runners are cancelled and joined. A success before that is delivered; the value of another
/// runner that succeeds meanwhile is dropped.
///
/// # Panics
/// The first panic of a runner, even if another has won. Panics if there is no runner and no
/// `else`.
///
/// # Errors
/// `Failures<E>`, with every failure, if no runner has won.
#[proc_macro]
pub fn race(tokens: TokenStream) -> TokenStream {
    lower::plain_code::race(tokens.into()).into()
}

/// Declares context variables: values that code binds for everything it calls and spawns.
///
/// Each is a `static` of type `ContextVar<T>`, with attributes and visibility as written; a block
/// may declare several. `T` is any `'static` type that is `Send` and `Sync`. The default is the
/// value where nothing is bound; it need not be a constant, and is made once, on first use.
///
/// ```
/// use vthread::prelude::*;
///
/// context_var! {
///     /// The request that is being served.
///     pub static REQUEST_ID: u64 = 0;
///     static TENANT: String = "none".to_string();
/// }
///
/// fn describe() -> String {
///     TENANT.with(|tenant| format!("{tenant}/{}", REQUEST_ID.get()))
/// }
///
/// #[vthread]
/// fn serve(id: u64) -> String {
///     bind!(REQUEST_ID = id, TENANT = format!("tenant {id}") => {
///         describe()
///     })
/// }
///
/// fn main() {
///     assert_eq!(serve(7), "tenant 7/7");
///     assert_eq!(describe(), "none/0");
/// }
/// ```
///
/// # Grammar
/// `context_var! { #[attr] pub static NAME: Type = default; .. }`
///
/// # Suspends
/// Never, and neither does reading: `NAME.get()` returns a copy, `NAME.with(|value| ..)` lends it.
///
/// # Cancellation
/// Reading is not a suspension point.
///
/// # Panics
/// A default that panics does so where it is used.
///
/// # Errors
/// None.
#[proc_macro]
pub fn context_var(tokens: TokenStream) -> TokenStream {
    item::context_var::expand(tokens.into()).into()
}

/// Binds context variables for a block, and returns the block's value.
///
/// Everything that the block calls sees the values, in vthread functions and plain ones alike; so
/// does every child that is spawned in it, for as long as it runs. A binding ends with its block.
/// The values are evaluated first, from left to right, and see the outer bindings. `?`, `return`,
/// `break` and `continue` in the block leave it as they leave any block. Also works in plain
/// functions and closures, where it blocks.
///
/// ```
/// use vthread::prelude::*;
///
/// context_var! {
///     static DEPTH: u32 = 0;
/// }
///
/// #[vthread]
/// fn nested() -> (u32, u32, u32) {
///     let inner = bind!(DEPTH = DEPTH.get() + 1 => {
///         bind!(DEPTH = DEPTH.get() + 1 => {
///             group! {
///                 let child = spawn! { DEPTH.get() };
///                 child.join()
///             }
///         })
///     });
///     let outer = bind!(DEPTH = 10 => { DEPTH.get() });
///     (inner, outer, DEPTH.get())
/// }
///
/// fn main() {
///     assert_eq!(nested(), (2, 10, 0));
/// }
/// ```
///
/// Work that is handed to [`blocking`](../vthread/fn.blocking.html) sees the values as well. Code
/// on threads that the library does not know sees the defaults.
///
/// # Grammar
/// `bind!(NAME = value, .. => body)`
///
/// # Suspends
/// Where its block suspends.
///
/// # Cancellation
/// That of its block: a binding itself is not affected by cancellation.
///
/// # Panics
/// Those of its block. A value is dropped when the block and all children that inherited it have
/// ended; a panic in its destructor surfaces in the last of them.
///
/// # Errors
/// Those that `?` in the block passes on.
#[proc_macro]
pub fn bind(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Bind, tokens.into()).into()
}

/// Makes a closure that suspends, for a function that takes a callback as `impl VthreadFn`.
///
/// An ordinary closure in vthread code is plain code, in which calls block. In a `closure!` they
/// suspend, and the function that receives it calls it like a vthread function.
///
/// ```
/// use std::time::Duration;
/// use vthread::{VthreadFn, map_concurrent, prelude::*, time::sleep};
///
/// #[vthread]
/// fn length(word: &str) -> Result<usize, String> {
///     sleep(Duration::from_millis(1));
///     if word.is_empty() { Err("an empty word".into()) } else { Ok(word.len()) }
/// }
///
/// // At most 8 at a time, in the order of the words; the first error cancels the others.
/// #[vthread]
/// fn lengths(words: &[&str]) -> Result<Vec<usize>, String> {
///     map_concurrent(words, 8, closure!(|word| length(word)))
/// }
///
/// // Your own function with a callback.
/// #[vthread]
/// fn twice<T>(f: impl VthreadFn<u32, Output = T>) -> [T; 2] {
///     [f.call(1), f.call(2)]
/// }
///
/// fn main() {
///     assert_eq!(lengths(&["a", "bcd"]), Ok(vec![1, 3]));
///     assert!(lengths(&["a", ""]).is_err());
///     let pause = Duration::from_millis(1);
///     let f = closure!(|n: u32| {
///         sleep(pause);
///         n * 10
///     });
///     assert_eq!(twice(f), [10, 20]);
/// }
/// ```
///
/// # Grammar
/// `closure!(|x| ..)`, `closure!(|x: &str| -> T { .. })`, `closure!(move |a, b| ..)`. Where the
/// return type is a written `Result`, groups inside have an error type, as in a function.
///
/// One argument is passed as itself, none as `()`, several as a tuple: `closure!(|a, b| ..)` is a
/// `VthreadFn<(A, B)>`, called by `f.call((a, b))`.
///
/// # Captures
/// Like those of a closure: by reference, unless it is a `move` closure. It may be called from
/// several vthreads at once, so nothing is captured by mutable reference, and everything in it is
/// `Send`: shared state belongs in an atomic or a `vthread::sync::Mutex`, or is returned. A `move`
/// closure is cloned for each call: let it move references, an `Arc`, or values that are cheap to
/// clone.
///
/// # Suspends
/// Never. A call of the closure suspends where its body does; in plain code `f.call(x).block()`
/// blocks.
///
/// # Cancellation
/// A call is part of the vthread that makes it.
///
/// # Panics
/// A call panics if its body does.
///
/// # Errors
/// None of its own.
#[proc_macro]
pub fn closure(tokens: TokenStream) -> TokenStream {
    lower::plain_code::closure(tokens.into()).into()
}
