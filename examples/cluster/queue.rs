//! The queue: a stream of Redis', with a group of consumers that share it.
//!
//! A page that a worker has taken is *pending*, under the worker's name, until it is stored. A
//! worker that lives renews what it holds. What nothing was heard of for a while is claimed by
//! another one, so a page may be fetched twice; it is stored once, because the first result stays.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use vthread::prelude::*;

use crate::redis::{Answer, Redis};

const PAGES: &str = "cluster:pages";
const GROUP: &str = "workers";
const RESULTS: &str = "cluster:results";
/// How often a result was stored: as often as there are results.
const STORES: &str = "cluster:stores";

/// Stores a result unless there is one, and tells the stream that the page is done: both or
/// neither.
const STORE: &str = "\
    local is_new = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
    if is_new == 1 then redis.call('INCR', KEYS[3]) end
    redis.call('XACK', KEYS[2], ARGV[3], ARGV[4])
    return is_new";

/// A page that this worker holds.
#[derive(Debug)]
pub(crate) struct Claim {
    id: String,
    pub(crate) url: String,
}

#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) added: i64,
    pub(crate) stored: i64,
    pub(crate) stores: i64,
}

impl Progress {
    pub(crate) fn is_complete(&self) -> bool {
        self.stored >= self.added
    }
}

/// The queue, as one worker sees it.
#[derive(Debug)]
pub(crate) struct Queue {
    redis: Redis,
    name: String,
}

#[vthread]
impl Queue {
    pub(crate) fn open(server: SocketAddr, name: &str) -> io::Result<Queue> {
        let mut redis = Redis::connect(server)?;
        let made = redis.ask(&["XGROUP", "CREATE", PAGES, GROUP, "0", "MKSTREAM"]);
        if let Err(error) = made
            && !error.to_string().starts_with("BUSYGROUP")
        {
            return Err(error);
        }
        Ok(Queue {
            redis,
            name: name.to_owned(),
        })
    }

    pub(crate) fn add(&mut self, url: &str) -> io::Result<()> {
        self.redis.ask(&["XADD", PAGES, "*", "url", url])?;
        Ok(())
    }

    /// The next page that no worker holds, or `None` after a while.
    pub(crate) fn take(&mut self, patience: Duration) -> io::Result<Option<Claim>> {
        let patience = patience.as_millis().max(1).to_string();
        let answer = self.redis.ask(&[
            "XREADGROUP",
            "GROUP",
            GROUP,
            &self.name,
            "COUNT",
            "1",
            "BLOCK",
            &patience,
            "STREAMS",
            PAGES,
            ">",
        ])?;
        // [[stream, [entry]]]
        let entries = answer
            .list()
            .first()
            .and_then(|stream| stream.list().get(1));
        Ok(entries.and_then(first_claim))
    }

    /// A page of a worker of which nothing was heard for so long.
    pub(crate) fn reclaim(&mut self, silence: Duration) -> io::Result<Option<Claim>> {
        let silence = silence.as_millis().to_string();
        let answer = self.redis.ask(&[
            "XAUTOCLAIM",
            PAGES,
            GROUP,
            &self.name,
            &silence,
            "0-0",
            "COUNT",
            "1",
        ])?;
        // [where to go on, [entry], ..]
        Ok(answer.list().get(1).and_then(first_claim))
    }

    /// This worker lives, and still works at the page.
    pub(crate) fn renew(&mut self, claim: &Claim) -> io::Result<()> {
        self.redis
            .ask(&["XCLAIM", PAGES, GROUP, &self.name, "0", &claim.id, "JUSTID"])?;
        Ok(())
    }

    /// Stores the result of a page, which is done by that. `false`: another worker has stored it.
    pub(crate) fn store(&mut self, claim: &Claim, result: &str) -> io::Result<bool> {
        let answer = self.redis.ask(&[
            "EVAL", STORE, "3", RESULTS, PAGES, STORES, &claim.url, result, GROUP, &claim.id,
        ])?;
        Ok(answer.number() == 1)
    }

    pub(crate) fn progress(&mut self) -> io::Result<Progress> {
        Ok(Progress {
            added: self.redis.ask(&["XLEN", PAGES])?.number(),
            stored: self.redis.ask(&["HLEN", RESULTS])?.number(),
            stores: self.redis.ask(&["GET", STORES])?.number(),
        })
    }

    /// All results, by URL.
    pub(crate) fn results(&mut self) -> io::Result<Vec<(String, String)>> {
        let answer = self.redis.ask(&["HGETALL", RESULTS])?;
        let pairs = answer.list().chunks_exact(2);
        let mut results: Vec<_> = pairs
            .map(|pair| (pair[0].text().to_owned(), pair[1].text().to_owned()))
            .collect();
        results.sort();
        Ok(results)
    }
}

/// The first of a list of entries, `[id, [field, value]]`.
fn first_claim(entries: &Answer) -> Option<Claim> {
    let entry = entries.list().first()?.list();
    let fields = entry.get(1)?.list();
    Some(Claim {
        id: entry.first()?.text().to_owned(),
        url: fields.get(1)?.text().to_owned(),
    })
}
