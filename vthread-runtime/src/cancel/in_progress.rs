//! Cancellations in progress: between the first mark that one sets and the last.
//!
//! A cancellation marks one vthread after the other. A vthread that is marked early may end, on
//! another OS thread, before its sibling is marked; the sibling, if it joins it, must not take that
//! for the end of a vthread that was cancelled alone, since it is about to be cancelled too. So a
//! join that finds no value waits until no cancellation is in progress, and then checks its own
//! mark once more.
//!
//! There is one count for the process: a cancellation updates it twice, and only such joins read
//! it.
//!
//! # Protocol
//! - To cancel, or to record a failure that may cancel: (M1) increment, (M2) record, and mark every
//!   member, (M3) decrement.
//! - To join a child that has ended without a value: (J1) see the end, (J2) read the count, and
//!   wait if it is not zero, (J3) check the own mark.
//!
//! *No join overlooks its mark.* Take the cancellation that ended the child, or the one that its
//! failure found begun. Its M1 comes before the mark, or the record, that the child has seen, and
//! so before J1. So J2 reads a count that includes M1. If it does not include M3, the count is not
//! zero, and the join waits. If it does, J2 comes after M3, and so J3 after all of M2: the other
//! updates of the count in between are read-modify-writes, which continue the release sequence of
//! M3.
//!
//! `loom_in_progress_*` are this argument, executed.

use crate::base::clock;
use crate::primitive::{AtomicUsize, Ordering, process_wide};

process_wide! {
    static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
}

/// A cancellation, from before its first mark to after its last one. Failures are recorded within
/// one, so that a second failure does not overtake the marks that the first one has to set.
#[derive(Debug)]
pub(crate) struct CancelInProgress(());

impl CancelInProgress {
    pub(crate) fn begin() -> Self {
        UNDER_WAY.fetch_add(1, Ordering::AcqRel);
        CancelInProgress(())
    }

    /// Whether another cancellation is in progress. A caller that has found marks, and is alone,
    /// sees all marks of the cancellations that set these.
    pub(crate) fn has_company(&self) -> bool {
        UNDER_WAY.load(Ordering::Acquire) > 1
    }

    /// Whether a cancellation is in progress. A caller that has seen a mark, or the end of a
    /// vthread that saw it, finds the cancellation that set it in progress or done.
    pub(crate) fn is_under_way() -> bool {
        UNDER_WAY.load(Ordering::Acquire) > 0
    }

    /// As `is_under_way`. In a test that orders its vthreads itself the cancellations of other
    /// threads, which are short, are waited for on the spot: its order does not depend on them.
    pub(crate) fn is_still_under_way() -> bool {
        for _ in 0..1000 {
            if !Self::is_under_way() || clock::standing().is_none() {
                break;
            }
            std::thread::yield_now();
        }
        Self::is_under_way()
    }
}

impl Drop for CancelInProgress {
    fn drop(&mut self) {
        UNDER_WAY.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::cancel::reason::CancelReason;
    use crate::primitive::{Arc, AtomicBool, Mutex, thread};
    use crate::task::vthread::Vthread;

    fn mark(vthread: &Vthread) {
        vthread.root.mark(&CancelReason::GroupCancelled);
        vthread.set_maybe_cancelled();
    }

    fn is_marked(vthread: &Vthread) -> bool {
        vthread.may_be_cancelled() && vthread.root.has_own_mark()
    }

    /// Steps J1 to J3 of a vthread that would go on if it were not marked.
    fn join(vthread: &Vthread, has_ended: &AtomicBool) {
        if has_ended.load(Ordering::Acquire) {
            while CancelInProgress::is_under_way() {
                thread::yield_now();
            }
            assert!(is_marked(vthread), "it sees the end of a sibling");
        }
    }

    /// A vthread that was marked early ends; its sibling, which joins it, is marked later.
    #[test]
    fn loom_in_progress_a_join_waits_for_its_mark() {
        loom::model(|| {
            assert!(!CancelInProgress::is_under_way());
            let [early, late] = [Arc::new(Vthread::new()), Arc::new(Vthread::new())];
            let has_ended = Arc::new(AtomicBool::new(false));
            let canceller = {
                let (early, late) = (early.clone(), late.clone());
                thread::spawn(move || {
                    let _marking = CancelInProgress::begin();
                    mark(&early);
                    mark(&late);
                })
            };
            let ending = {
                let has_ended = has_ended.clone();
                thread::spawn(move || has_ended.store(is_marked(&early), Ordering::Release))
            };
            join(&late, &has_ended);
            canceller.join().unwrap();
            ending.join().unwrap();
        });
    }

    /// Two members fail at once, and only the first one has to mark: the second one's end is not
    /// seen before that.
    #[test]
    fn loom_in_progress_a_second_failure_does_not_overtake() {
        loom::model(|| {
            assert!(!CancelInProgress::is_under_way());
            let sibling = Arc::new(Vthread::new());
            let failures = Arc::new(Mutex::new(0));
            let failing: Vec<_> = [(), ()]
                .map(|()| {
                    let has_ended = Arc::new(AtomicBool::new(false));
                    let told = has_ended.clone();
                    let (sibling, failures) = (sibling.clone(), failures.clone());
                    let fails = thread::spawn(move || {
                        let marking = CancelInProgress::begin();
                        let is_first = {
                            let mut failures = failures.lock();
                            *failures += 1;
                            *failures == 1
                        };
                        if is_first {
                            mark(&sibling);
                        }
                        drop(marking);
                        told.store(true, Ordering::Release);
                    });
                    (has_ended, fails)
                })
                .into();
            for (has_ended, _) in &failing {
                join(&sibling, has_ended);
            }
            for (_, fails) in failing {
                fails.join().unwrap();
            }
        });
    }
}
