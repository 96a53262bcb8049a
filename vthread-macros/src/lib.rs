//! The macros of `vthread`. Programs use them through the facade crate, which re-exports them.
//!
//! `item` expands `#[vthread]`, `body` rewrites the body of a vthread function, `group` expands
//! `group!` and `spawn!`, `context` `context_var!`; `names` is the only file that spells a name of the runtime.
#![forbid(unsafe_code)]

mod analysis;
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

use proc_macro::TokenStream;

/// Makes a function, or every function of an `impl` or a `trait`, a vthread function.
///
/// A `#[vthread] fn` keeps its exact signature, and anybody may call it: from code under
/// `#[vthread]` the call suspends, from plain code it blocks the caller until done.
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
/// A method returns a `Call`, which has not been made yet. Inside `#[vthread]` code it is made on the
/// spot and reads like any call; in plain code `.block()` makes it and blocks. Functions marked
/// `#[plain]` stay ordinary ones.
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
/// `for` suspends over what has a suspending `next`: a receiver, a listener's `incoming()`, and every
/// type with a `#[vthread] fn next(&mut self) -> Option<T>`. Where the type is an `Iterator` too, vthread code takes the
/// suspending `next`. Loops over other iterators are as ever; an adapter (`rx.iter().enumerate()`) is
/// a plain iterator, which blocks at each step.
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
/// In closures, plain functions and async blocks inside the body calls block (in a [`closure!`] they suspend). In a closure
/// a method call still reads the same, and may end with `.block()`, as in plain code. None of these is a part of the state
/// machine. `.await` on any Rust future is allowed in the body itself.
///
/// In an async block a method call ends with `.block()`, and a call that waits may hang: a future such as `join!(a, b)` is
/// polled by one thread, and a call in `a` that blocks it until `b` has done something waits in vain. hyper polls the body of a
/// request together with the future of its `service_fn` in the same way. Let a vthread of its own make the call, and
/// await its `Task`, which is a future:
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
/// A function may call itself by its own name, at any depth. Functions that call each other in a circle need
/// `#[vthread(boxed)]` on one of them:
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
/// A `#[vthread] fn main` begins and ends the process: when it returns (or fails, or panics), the children of the
/// process (`background!`) are cancelled and joined, and their failures printed. Then the process ends with what `main`
/// returned, which is anything that a `main` may return; with a failure if that is success, but a child of the process
/// has failed; with 128 and the signal's number, as in a shell, if `signal::cancel_on_ctrl_c` has ended it.
///
/// # Blocking calls
/// Calls of std that block the kernel thread, such as `std::thread::sleep`, `std::fs::read`, `TcpStream::connect`,
/// reads of `stdin()`, `Command::output` or `recv` on std's channels, get a warning that names what to write instead, where
/// they stand in the body itself. Such a call keeps other vthreads waiting and cannot be cancelled.
/// So does a guard of `std::sync::Mutex` or `RwLock` that lives across a suspension: whoever wants the lock meanwhile
/// blocks a kernel thread. That gets a warning where it suspends; end the guard before, by a block or `drop(guard)`, or take
/// the lock of `vthread::sync`. It is seen of a guard that a `let` takes out of `lock()`, `read()`, `write()` or their
/// `try_` forms (`let guard = m.lock().unwrap();`, `let Ok(guard) = m.lock() else { .. };`), not of one
/// in an `if let` or a `match`, a temporary, or what a function of yours returns.
///
/// The warnings are of the lint `deprecated`, since that is the one a macro can raise:
///
/// ```
/// use vthread::prelude::*;
///
/// #[vthread]
/// #[allow(deprecated)] // It is short, and nobody else is running yet.
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
/// - `boxed`: the frame is boxed, and `Send`.
/// - `local`, on a function nested in a plain function, or beside a module of its name: leaves out the module by which
///   other functions find it; calls of it block.
/// - `dyn`, on a trait and its impls: calls are boxed, so that `dyn Trait` works.
/// - `nogate(name)`, on an `impl`: the method `name` is not announced, because the type has another of
///   that name which is. `nogate` alone: none is.
/// - `?Send`, with `boxed` or on a trait and its impls: frames need not be `Send`.
/// - `crate = path`: where the library is, for what a framework re-exports (`#[vthread(crate = framework::vthread)]`). A
///   dependency that is renamed in `Cargo.toml` is found without it.
///
/// # Limits
/// A function has its name among modules as well: there vthread code finds what suspends, and a `use` brings both. So a module
/// of that name cannot stand beside it: instead of `mod wrap; pub use wrap::wrap;` write `mod wrap_fn; pub use wrap_fn::wrap;`.
/// After a glob (`mod fetch; pub use fetch::*;`) the module comes first and hides what suspends: calls of
/// `fetch` block, which is right and slower, and the macro cannot see it. `metrics().pinned` counts such calls, and
/// with the feature `tracing` each is an event with its place. A function that is named as its library stands in
/// the library's `lib.rs` itself.
///
/// A call by name is tried before its arguments' types are known to the caller: what rustc expects of the result
/// does not reach a generic callee. Where that chooses the instance (`let s: &[u8] = shown(&[1, 2])`), say
/// it at the argument (`shown(&[1, 2][..])`) or at the callee (`shown::<[u8]>(..)`).
///
/// The body stands in a hidden function: `std::any::type_name` of an item or a closure inside `f` says `__vthread_f`
/// where that of a plain function says `f`.
///
/// A macro under a name of std's is std's, of which an argument may suspend, unless the file imports another one by its
/// name (`use pretty_assertions::assert_eq;`), declares one, or calls it by a path. Calls in such macros block, as in any
/// other macro that is not known.
///
/// `Trait::make()` whose type comes from what is around says it as `<T as Trait>::make()`. The crate is of edition 2018 or
/// later.
///
/// A method cannot have the name of a method of std that never suspends, such as `len` or `clone`: calls
/// of those are not looked at. A call whose callee begins with a capital is a constructor.
/// A local closure in a plain function's `group!` is called as `(f)(x)`.
#[proc_macro_attribute]
pub fn vthread(attr: TokenStream, item: TokenStream) -> TokenStream {
    item::expand(attr.into(), item.into()).into()
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

/// Implements the gates of a `#[vthread] trait` for a type: invoked by the trait's own macro.
#[doc(hidden)]
#[proc_macro]
pub fn __gates(tokens: TokenStream) -> TokenStream {
    item::announce::implement(tokens.into()).into()
}

/// Opens a thread group, runs its body in the current vthread, and ends when the body and every
/// child have ended.
///
/// Children may borrow everything outside the group, and run in parallel and concurrently with the body.
/// Names bound inside the body (loop variables, `let`s, patterns) move into the child that uses them.
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
/// A group's value is its body's. In a function that returns a `Result`, under that name or an alias of it, `group!` is
/// a `Result`: the first failure in time, of a child or of the body, is its `Err`, and cancels the
/// others.
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
/// In other functions its children cannot fail, unless the group names an error type. `group!` also
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
/// - `max_concurrency = n`: at most `n` children run at a time, and `spawn!` suspends until there is room; services do
///   not count;
/// - `name = ..`: for dumps and traces;
/// - `error = E`: the group's error type; `error = !` says that nothing may fail;
/// - `on_failure = cancel`, the default; `keep`: nobody is cancelled, and each handle's `join()` gives its own
///   `Result`; `collect`: cancels, and gives `Result<T, Failures<E>>` with every failure;
/// - `grace = duration`: how long cleanup (`defer!`, `shield!`) may take after a cancellation. Then it is cancelled as
///   well, at its next suspension point; children are joined all the same. Of groups inside each other the shortest
///   grace counts; where none is given it is `vthread::Config::grace`, 30 seconds by default. It bounds the group's
///   body and children when the group is cancelled, and whatever is cancelled alone inside it: a `timeout!`, a loser of
///   a `select!`, a child by `Task::cancel`.
///
/// # Suspends
/// Until the body and all children have ended.
///
/// # Cancellation
/// Who fails by its own `?`, `return Err(..)` or `Err` as the tail is the first before its locals are dropped: the others are
/// cancelled by then, and whoever fails because a channel was closed by that, say, comes later. What a function that it
/// has called drops on its own way out goes before, and what a macro hides that returns by itself (`ensure!`), too.
///
/// The children are cancelled and joined before anything outside the group is touched. A group whose
/// body has completed is not a checkpoint on its way out: it gives its result, unless a cancellation from outside has
/// ended a child, or kept one from being spawned, whose work is then missing. Services are never missing.
///
/// # Panics
/// With the first panic of a child or of the body, after all children have ended.
///
/// # Errors
/// In a function that returns a `Result`, and with `error = E`, a group is a `Result`: the first failure in time, of
/// a child or of the body, is its error. Elsewhere its children cannot fail.
#[proc_macro]
pub fn group(tokens: TokenStream) -> TokenStream {
    lower::plain_code::group(tokens.into()).into()
}

/// Starts a child in the innermost enclosing [`group!`], and gives its `Task`.
///
/// A child fails by evaluating to `Err(e)`, through `?`, `return` or its tail; `return` ends the child.
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
/// A child must be `Send`, and cannot borrow what ends with the group's body:
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
/// A variable of a `Copy` type that is bound inside the body moves into a child as a copy. A child that changes it, while it is used
/// again outside, is refused: its change would be lost.
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
/// - `service`: the child does not keep its group open, and takes no place of its `max_concurrency`: it is cancelled when
///   everyone else has ended;
/// - `name = ..`: for dumps and traces.
///
/// # Suspends
/// While the group runs `max_concurrency` children.
///
/// # Cancellation
/// A suspension point: into a cancelled group nothing is spawned.
///
/// # Panics
/// Never by itself. A panic of the child cancels the group and resumes in the parent, where the group ends.
///
/// # Errors
/// The child's failure is the group's: it converts to the group's error type by `From`, and cancels the others, or with
/// `on_failure = keep` is what `join()` gives. A failure by the child's own `?`, `return` or tail cancels the others before the
/// child's locals are dropped; what functions that it calls drop on their way out is dropped before.
#[proc_macro]
pub fn spawn(tokens: TokenStream) -> TokenStream {
    lower::plain_code::spawn(tokens.into()).into()
}

/// Starts a child of the process: one that no group encloses, that borrows nothing, and that may outlive the
/// function which starts it.
///
/// For what serves the whole program, as a cache that refreshes itself. Prefer [`spawn!`] wherever somebody waits
/// for the work: what runs in the background fails in the background.
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
/// Everything it uses moves into it, and must be `Send` and `'static`. It gives a `Task`, in `#[vthread]` and in
/// plain code.
///
/// # Grammar
/// `background! { body }`, `background!(options => { body })`.
///
/// # Options
/// `background!(name = "worker" => { .. })`: a name, for dumps, traces and the report of a failure. `move` may be
/// written as well.
///
/// # The end
/// When a `#[vthread] fn main` returns, fails or panics, all children of the process are cancelled (the reason is
/// the shutdown), have the time of `vthread::Config::grace` for their cleanup, and are joined. A plain `main` calls
/// `vthread::shutdown()` last for the same; without it they are cut off where they are.
///
/// # Suspends
/// Never.
///
/// # Cancellation
/// Not a suspension point: a vthread that is cancelled starts it too, and its own end is nothing to the child.
/// After the end of the process has begun nothing is started, and the task was cancelled.
///
/// # Panics
/// Never. The child's panic cancels nobody; what becomes of it is what becomes of an error.
///
/// # Errors
/// A child of the process may fail with any error that converts into `Box<dyn Error + Send + Sync>`, by `?`, by
/// `return` or by its tail: an error that can be told. It cancels nobody, and is kept for `vthread::shutdown`, which
/// returns it. A `#[vthread] fn main` prints such failures when it ends, a line each, and then ends the process with
/// a failure also if it says success itself.
#[proc_macro]
pub fn background(tokens: TokenStream) -> TokenStream {
    lower::plain_code::background(tokens.into()).into()
}

/// Cancels its body in place when the time is over: gives `Ok(value)`, or `Err(Elapsed)`.
///
/// The caller decides whether that is a failure. `?`, `return`, `break` and `continue` in the body
/// leave it as they would leave a block.
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
/// # Grammar
/// `timeout!(duration => { body })`, `timeout!(duration => expression)`; the duration is a `std::time::Duration`.
///
/// # Suspends
/// As its body does.
///
/// # Cancellation
/// When the time is over the body is cancelled as a vthread is: at its next suspension point, its
/// groups joined, innermost first. A body that has completed is delivered. If the code around is
/// cancelled as well, it does not go on.
///
/// # Panics
/// With the body's panic.
///
/// # Errors
/// `Err(Elapsed)` if the time was over before the body. The body's own errors are in the `Ok`, or leave it by `?`.
#[proc_macro]
pub fn timeout(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Timeout, tokens.into()).into()
}

/// Holds cancellation off until the end of its body.
///
/// Cancellation from outside is met at the first suspension point after it. Timeouts inside still
/// end what they enclose, and groups opened inside are covered.
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
/// As its body does.
///
/// # Cancellation
/// Postponed to its end, or to that of the grace of the group around it (`group!(grace = d => ..)`, 30 seconds by
/// default): then the body is dropped at its next suspension point.
///
/// # Panics
/// With the body's panic.
///
/// # Errors
/// None of its own: it gives what its body gives, and `?` leaves it.
#[proc_macro]
pub fn shield(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Shield, tokens.into()).into()
}

/// A body whose panics end here: `catch_unwind!` gives [`std::thread::Result`], the body's value or the payload of its panic.
///
/// As [`std::panic::catch_unwind`], but the body suspends and borrows, and may `?`, `return` and `break`. For code that must
/// not take the rest down with it, as the handlers of a server:
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
/// Groups inside are joined before their panic comes here. Children that the body has spawned into groups further out are
/// not its own: they go on, and their panics are those of their groups. What the body has left half done is the caller's to judge: nothing
/// asks for `UnwindSafe`.
///
/// # Grammar
/// `catch_unwind! { body }`
///
/// # Suspends
/// As its body does.
///
/// # Cancellation
/// No panic: it passes through, whether the vthread is cancelled or something around this body only, and what follows does not run.
/// A panic of a destructor meanwhile is not caught here, and goes on.
///
/// # Panics
/// Never with the body's. With `panic = "abort"` nothing is caught.
///
/// # Errors
/// `Err(payload)` if the body panicked. The body's own errors are in the `Ok`, or leave it by `?`.
#[proc_macro]
pub fn catch_unwind(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::CatchUnwind, tokens.into()).into()
}

/// Cleanup that may suspend: runs at the end of its block, however that ends.
///
/// Normally, by `?`, `return`, `break`, by a panic or by cancellation; of several the last one first. It
/// is shielded from cancellation for as long as the grace of the group around it lasts. Nothing can leave it early: `?`, `return` and `break` out of it are
/// compile errors.
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
/// As its body does, at the end of the block.
///
/// # Cancellation
/// The rest of the block is dropped first; then the cleanup runs, shielded; then the cancellation goes on.
/// When the grace is over (`group!(grace = d => ..)`, 30 seconds by default) it ends at its next suspension point.
///
/// # Panics
/// With the cleanup's panic; otherwise with the block's.
///
/// # Errors
/// None: the cleanup has no value, and handles its errors itself.
#[proc_macro]
pub fn defer(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Defer, tokens.into()).into()
}

/// Waits for several things at once: the first branch to end wins, and its handler runs.
///
/// The branches run in this vthread, in turn, and may use its variables. The losers are cancelled and
/// closed, their groups joined, before the handler runs, so it cannot wait for what a loser holds. Among
/// several that are ready no branch is favoured, and a branch of a single operation never takes
/// something and loses. For receivers whose number is known only when the program runs, there is `sync::recv_any`.
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
///             else => "nobody".to_string(),
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
/// A branch whose value does not fit its pattern is out, and the others go on; when all are out, the
/// handler of `else` runs.
///
/// # Grammar
/// `select! { pattern = branch => handler, .. [else => handler] }`: at least one branch, a comma after each but a handler in braces.
///
/// # Suspends
/// Until a branch has ended and the others are closed.
///
/// # Cancellation
/// All branches are cancelled. Once one has won, what it took is delivered.
///
/// # Panics
/// With the panic of a branch. If all branches are out and there is no `else`.
///
/// # Errors
/// None of its own: it gives what the handler gives, and `?` in a branch or a handler leaves it.
#[proc_macro]
pub fn select(tokens: TokenStream) -> TokenStream {
    lower::plain_code::select(tokens.into()).into()
}

/// Runs its body for every item of a collection at once: the first success wins.
///
/// Each item has a runner of its own, a child that runs in parallel with the others and may borrow what is
/// outside. The first runner to end with a value wins: the others are cancelled and joined, and the race
/// is `Ok(value)`. If all fail, it is `Err` with every failure, in order of time.
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
/// The body is like that of a closure which returns a `Result`: `?` and `return` end the runner. Where nothing
/// in it says which error type it has, `error = E` does; then it reads like a child of a group, where a tail that
/// is not a `Result` is a success.
///
/// A runner that takes something as its last step, `race!(for receiver in &receivers => receiver.recv())`, loses
/// nothing: messages that are received or sent, connections that are accepted, bytes of a socket and signals are
/// taken by the winner only, and by no loser at the same moment. A runner that goes on to wait after it has taken
/// something may lose with it. For receivers alone `sync::recv_any` needs no vthreads.
///
/// # Grammar
/// `race!(max_concurrency = 8, name = "mirrors", error = E, for pattern in collection => body, else => value)`,
/// where everything but the `for` is optional. The value of `else` is that of a race without runners.
///
/// # Suspends
/// Until a runner has won and the others have ended, or all have failed.
///
/// # Cancellation
/// The runners are cancelled and joined. A runner that has won before is delivered; what another one may
/// have by the time it is cancelled is dropped.
///
/// # Panics
/// With the first panic of a runner, also if another has won. If there is no runner and no `else`.
///
/// # Errors
/// With every failure, as `Failures<E>`, if no runner has won.
#[proc_macro]
pub fn race(tokens: TokenStream) -> TokenStream {
    lower::plain_code::race(tokens.into()).into()
}

/// Declares context variables: what code binds for everything that it calls and spawns.
///
/// Each is a `static` of type `ContextVar<T>`, with attributes and visibility as written; a block may
/// declare several. `T` is any `'static` type that is `Send` and `Sync`. The default, which holds where
/// nothing is bound, need not be a constant: it is made when it is first asked for, once.
///
/// ```
/// use vthread::prelude::*;
///
/// context_var! {
///     /// The request that is being served.
///     pub static REQUEST_ID: u64 = 0;
///     static TENANT: String = "nobody".to_string();
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
///     assert_eq!(describe(), "nobody/0");
/// }
/// ```
///
/// # Grammar
/// `context_var! { #[attr] pub static NAME: Type = default; .. }`
///
/// # Suspends
/// Never, and neither does reading: `NAME.get()` gives a copy, `NAME.with(|value| ..)` lends it.
///
/// # Cancellation
/// Reading is no checkpoint.
///
/// # Panics
/// A default that panics does so where it is asked for.
///
/// # Errors
/// None.
#[proc_macro]
pub fn context_var(tokens: TokenStream) -> TokenStream {
    item::context_var::expand(tokens.into()).into()
}

/// Binds context variables for a block, and gives the block's value.
///
/// What the block calls sees the values, vthread functions and plain ones alike, and so does every child
/// that is spawned in it, for as long as that runs. A binding ends with its block. The values are evaluated
/// first, from left to right, and see what is bound outside. `?`, `return`, `break` and `continue` in the
/// block leave it as they would leave any block. Also for plain functions and closures, where it blocks.
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
/// Work that is handed to [`blocking`](../vthread/fn.blocking.html) sees them as well. Code on threads
/// that the library knows nothing of sees the defaults.
///
/// # Grammar
/// `bind!(NAME = value, .. => body)`
///
/// # Suspends
/// As its block does.
///
/// # Cancellation
/// That of its block: a binding is nothing that cancellation would meet.
///
/// # Panics
/// With the block's panic. A value is dropped when the block and all that inherited it have ended; a panic
/// in its destructor climbs from whichever of these was last.
///
/// # Errors
/// Those that `?` in the block hands on.
#[proc_macro]
pub fn bind(tokens: TokenStream) -> TokenStream {
    lower::plain_code::enclosure(forms::enclosure::Enclosure::Bind, tokens.into()).into()
}

/// Makes a closure that suspends, for a function that takes a callback as `impl VthreadFn`.
///
/// A closure in vthread code is plain code, in which calls block. In a `closure!` they suspend, and the function that it
/// is handed to calls it as a vthread function.
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
/// // A function of one's own that takes a callback.
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
/// `closure!(|x| ..)`, `closure!(|x: &str| -> T { .. })`, `closure!(move |a, b| ..)`. Of a closure that returns a written
/// `Result`, groups inside have an error type, as in a function.
///
/// One argument is passed as itself, none as `()`, several as a tuple: `closure!(|a, b| ..)` is a
/// `VthreadFn<(A, B)>`, and is called by `f.call((a, b))`.
///
/// # Captures
/// As a closure: by reference unless it says `move`. It may be called from several vthreads at once, so
/// nothing is captured by a mutable reference, and everything in it is `Send`: what its calls change is an atomic or
/// in a `vthread::sync::Mutex`, or they return it. A `move` closure is cloned for each call: let it move references,
/// an `Arc`, or what is cheap to clone.
///
/// # Suspends
/// Never. A call of the closure suspends as its body does; in plain code `f.call(x).block()` blocks.
///
/// # Cancellation
/// A call is a part of the vthread that makes it.
///
/// # Panics
/// A call does as its body.
///
/// # Errors
/// None of its own.
#[proc_macro]
pub fn closure(tokens: TokenStream) -> TokenStream {
    lower::plain_code::closure(tokens.into()).into()
}
