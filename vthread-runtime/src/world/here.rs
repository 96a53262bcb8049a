//! The world that this OS thread works for.

use super::World;
use super::turns::{Above, Hand};
use crate::base::clock;
use crate::task::root::Root;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// How a thread works for a world.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// It takes turns with the others.
    Hand(Hand),
    /// It does what may block, beside them.
    Helper(usize),
}

thread_local! {
    static HERE: RefCell<Option<(Arc<World>, Part)>> = const { RefCell::new(None) };
    static WAITS_FOR_IO: Cell<bool> = const { Cell::new(false) };
}

/// Runs `code` on a thread that works for `world`.
pub(super) fn enter<R>(world: &Arc<World>, part: Part, code: impl FnOnce() -> R) -> R {
    struct Restore(Option<(Arc<World>, Part)>);
    impl Drop for Restore {
        fn drop(&mut self) {
            let before = self.0.take();
            let _entered = HERE.with(|here| here.replace(before));
        }
    }
    let new = Some((world.clone(), part));
    let _restore = Restore(HERE.with(|here| here.replace(new)));
    world.clock.within(code)
}

fn here() -> Option<(Arc<World>, Part)> {
    // Threads of no world see that by a cell that needs no destructor.
    clock::standing()?;
    HERE.try_with(|here| here.borrow().clone()).ok().flatten()
}

pub(super) fn world() -> Option<Arc<World>> {
    here().map(|(world, _)| world)
}

/// A vthread that is polled on this thread begins to wait for something outside of the process.
#[inline]
pub(crate) fn waits_for_io() {
    WAITS_FOR_IO.set(true);
}

/// Whether one has since the last call.
pub(super) fn has_waited_for_io() -> bool {
    WAITS_FOR_IO.take()
}

/// What became of the wait of a blocking call.
pub(crate) enum Waited {
    /// The thread is that of no world: it waits as ever.
    Not,
    /// It has waited, and run the world's other vthreads.
    Done,
    /// It helps a world, and waits as ever while it has this.
    AsHelper(#[allow(dead_code)] HelperWaits),
}

/// The wait of a blocking call of this thread. It may be polled meanwhile, by `poll`, on this
/// thread: when another blocking call waits above it on the stack.
pub(crate) fn wait(root: &Arc<Root>, has_yielded: bool, poll: &mut dyn FnMut() -> Above) -> Waited {
    match here() {
        None => Waited::Not,
        Some((world, Part::Hand(hand))) => {
            world.wait(hand, root, has_yielded, poll);
            Waited::Done
        }
        Some((world, Part::Helper(work))) => {
            Waited::AsHelper(HelperWaits::begin(world, work, root))
        }
    }
}

/// A helper that waits for vthreads: meanwhile it does not hold the clock.
pub(crate) struct HelperWaits {
    world: Arc<World>,
    /// The number of the work.
    work: usize,
    /// That of the wait.
    number: usize,
}

impl HelperWaits {
    fn begin(world: Arc<World>, work: usize, root: &Arc<Root>) -> Self {
        let number = world.plan.lock().helper_waits(work, root.clone());
        world.changed.notify_all();
        HelperWaits {
            world,
            work,
            number,
        }
    }
}

impl Drop for HelperWaits {
    fn drop(&mut self) {
        let call = (self.world.plan.lock()).helper_goes_on(self.work, self.number);
        drop(call);
    }
}

/// Work of a helper thread for a world, which holds its clock.
#[derive(Debug)]
pub(crate) struct Hold {
    world: Arc<World>,
    work: usize,
}

/// For the thread that does the work, which may last longer than the hold.
#[derive(Debug)]
pub(crate) struct ForWorld {
    world: Arc<World>,
    work: usize,
}

/// Holds the clock of the code that runs here, for work that another thread is to do.
pub(crate) fn hold() -> Option<Hold> {
    let world = world()?;
    let work = world.plan.lock().helper_begins();
    Some(Hold { world, work })
}

impl Hold {
    /// For the thread that is to do the work.
    pub(crate) fn work(&self) -> ForWorld {
        ForWorld {
            world: self.world.clone(),
            work: self.work,
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.world.plan.lock().helper_ends(self.work);
        self.world.changed.notify_all();
    }
}

impl ForWorld {
    /// Does the work, which is that of a world if `this` says so.
    pub(crate) fn within<R>(this: Option<Self>, work: impl FnOnce() -> R) -> R {
        match this {
            None => work(),
            Some(this) => enter(&this.world, Part::Helper(this.work), work),
        }
    }
}
