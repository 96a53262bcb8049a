//! Cancellations under way: between the first mark that one sets and the last.
//!
//! A cancellation marks one vthread after the other. A vthread that is marked early may end, on another kernel
//! thread, before its sibling is marked; the sibling, if it joins it, must not take that for the end of one
//! that was cancelled alone, since it is about to be cancelled too. So a join that finds no value waits until no
//! cancellation is under way, and then looks for its own mark once more.
//!
//! One count for the process: cancelling costs two steps on it, and nothing else looks at it.
//!
//! # Protocol
//! - To cancel, or to record a failure that may cancel: (M1) count up, (M2) record, and mark everybody, (M3) count down.
//! - A join of one that has ended without a value: (J1) see the end, (J2) read the count, and wait if it is not
//!   null, (J3) look for the own mark.
//!
//! *No join overlooks its mark.* Take the cancellation that ended the child, or the one that its failure found begun.
//! Its M1 comes before the mark, or the record, that the child has seen, and so before J1. So J2 reads a count that M1
//! is part of. If M3 is not, that is not null, and the join waits. If M3 is, J2 comes after it, and so
//! J3 after all of M2: other counts in between are exchanges, which pass on what M3 has released.
//!
//! `loom_marking_*` are this argument, executed.

use crate::primitive::{AtomicUsize, Ordering, process_wide};

process_wide! {
    static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
}

/// A cancellation, from before its first mark to after its last one. Failures are recorded within one, so that a
/// second failure does not overtake what the first one has to mark.
#[derive(Debug)]
pub(crate) struct CancelInProgress(());

impl CancelInProgress {
    pub(crate) fn begin() -> Self {
        UNDER_WAY.fetch_add(1, Ordering::AcqRel);
        CancelInProgress(())
    }

    /// Whether another cancellation is under way. Whoever has found marks, and no other one, finds all that were set
    /// with these.
    pub(crate) fn has_company(&self) -> bool {
        UNDER_WAY.load(Ordering::Acquire) > 1
    }

    /// Whoever has seen a mark, or the end of a vthread that saw it, finds what set it under way or done.
    pub(crate) fn is_under_way() -> bool {
        UNDER_WAY.load(Ordering::Acquire) > 0
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

    /// One that was marked early ends; its sibling, which joins it, is marked later.
    #[test]
    fn loom_marking_a_join_waits_for_its_mark() {
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

    /// Two fail at once, and only the first one has to mark: the second one's end is not seen before that.
    #[test]
    fn loom_marking_a_second_failure_overtakes_nobody() {
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
