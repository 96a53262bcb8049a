//! The report of a deadlock.

use super::deadlock::{Stuck, Wait};
use crate::inspect::snapshot::{Role, SeenVthread, Snapshot};
use std::fmt::{self, Write};

/// The report of a cycle: one line for each vthread.
pub(crate) fn describe(snapshot: &Snapshot, stuck: &Stuck<'_>, cycle: &[usize]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_cycle(&mut text, snapshot, stuck, cycle);
    text
}

fn write_cycle(
    text: &mut String,
    snapshot: &Snapshot,
    stuck: &Stuck<'_>,
    cycle: &[usize],
) -> fmt::Result {
    match cycle.len() {
        1 => writeln!(text, "vthread: deadlock: a vthread waits for itself")?,
        n => writeln!(text, "vthread: deadlock: {n} vthreads wait for one another")?,
    }
    for &me in cycle {
        let vthread = &snapshot.vthreads[me];
        let next = stuck.next(me).map(|next| Named(&snapshot.vthreads[next]));
        let Some((wait, next)) = stuck.wait(me).zip(next) else {
            continue;
        };
        write!(text, "  {} waits ", Named(vthread))?;
        match wait {
            Wait::Lock(_) => {
                let Some(lock) = vthread.lock else { continue };
                write!(text, "at {} for a lock that {next} has taken", lock.site)?;
                match lock.taken_at {
                    Some(at) => writeln!(text, " at {at}")?,
                    None => writeln!(text)?,
                }
            }
            Wait::Join(_, site) => writeln!(text, "at {site} for the end of {next}")?,
            Wait::Children(group) => {
                let group = &snapshot.groups[*group];
                write!(text, "for the children of its group ")?;
                if let Some(name) = &group.name {
                    write!(text, "`{name}` ")?;
                }
                writeln!(text, "at {}, among them {next}", group.site)?;
            }
            Wait::Call(_) => writeln!(text, "in plain code for {next}")?,
        }
    }
    Ok(())
}

/// The description of a vthread in a text.
pub(crate) struct Named<'a>(pub(crate) &'a SeenVthread);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vthread = self.0;
        match (vthread.role, &vthread.name) {
            (Role::Root, _) => f.write_str("the blocking call")?,
            (_, Some(name)) => write!(f, "`{name}`")?,
            (_, None) => f.write_str("a vthread")?,
        }
        match (vthread.role, vthread.site) {
            (_, None) => Ok(()),
            (Role::Root, Some(site)) => write!(f, " (made at {site})"),
            (_, Some(site)) => write!(f, " (spawned at {site})"),
        }
    }
}
