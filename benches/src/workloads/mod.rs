//! The workloads, and the contenders: what each runs for them stands in the file named for it.

pub(crate) mod on_may;
pub(crate) mod on_smol;
pub(crate) mod on_tokio;
pub(crate) mod on_vthread;

/// A workload; each contender does the same work for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    /// Start children that only return a number, keep the handles, join each.
    SpawnJoin,
    /// Start children, wait for all at once.
    Scope,
    /// The same with all children at once.
    Crowd,
    /// The same, where each child reads a value that its parent has bound.
    Context,
    /// A tree of tasks, ten children each, a million leaves.
    Skynet,
    /// A thousand tasks that yield a thousand times each.
    Yield,
    /// Two tasks and two channels of capacity one.
    PingPong,
    /// A thousand tasks that lock one mutex a thousand times each.
    Mutex,
    /// A tree of recursive calls that never wait.
    Recursion,
    /// A vthread that yields again and again, deep inside recursive calls.
    Deep,
    /// A TCP server under a hundred connections of small messages.
    Echo,
    /// The same server under messages at a fixed rate: three fifths of what the slowest peer gives
    /// back at its best.
    EchoOpen,
    /// Cancel tasks that sleep, and wait for their ends.
    Cancel,
    /// The memory of tasks that sleep.
    Sleepers,
}

/// The contenders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    Vthread,
    Tokio,
    Smol,
    /// Coroutines with stacks.
    May,
    /// A program of its own: `benches/go`.
    Go,
}

/// How many children are alive at a time in the workloads that start many.
pub(crate) const BATCH: usize = 10_000;
/// How many children these workloads start before the clock starts.
pub(crate) const WARM_UP_SPAWNS: usize = 100_000;
/// How many children they start on the clock.
pub(crate) const SPAWNS: usize = 1_000_000;
/// The leaves of the tree.
pub(crate) const LEAVES: u64 = 1_000_000;
/// How many tasks yield, or lock.
pub(crate) const CROWD: usize = 1_000;
/// How often each of them does.
pub(crate) const TURNS: usize = 1_000;
/// Round trips over the channels.
pub(crate) const ROUND_TRIPS: usize = 300_000;
/// The tree of recursive calls, and how many calls it has.
pub(crate) const FIBONACCI: u64 = 27;
pub(crate) const CALLS: usize = 832_039;
/// The depth of the recursion that yields, and how often it does.
pub(crate) const DEPTH: usize = 1_000;
pub(crate) const PAUSES: usize = 20_000;
/// How many sleeping tasks are cancelled.
pub(crate) const CANCELLED: usize = 100_000;
/// How many tasks sleep.
pub(crate) const SLEEPERS: usize = 200_000;

impl Workload {
    pub(crate) const ALL: [Workload; 14] = [
        Workload::SpawnJoin,
        Workload::Scope,
        Workload::Crowd,
        Workload::Context,
        Workload::Skynet,
        Workload::Yield,
        Workload::PingPong,
        Workload::Mutex,
        Workload::Recursion,
        Workload::Deep,
        Workload::Echo,
        Workload::EchoOpen,
        Workload::Cancel,
        Workload::Sleepers,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Workload::SpawnJoin => "spawn_join",
            Workload::Scope => "scope",
            Workload::Crowd => "crowd",
            Workload::Context => "context",
            Workload::Skynet => "skynet",
            Workload::Yield => "yield",
            Workload::PingPong => "pingpong",
            Workload::Mutex => "mutex",
            Workload::Recursion => "recursion",
            Workload::Deep => "deep",
            Workload::Echo => "echo",
            Workload::EchoOpen => "echo_open",
            Workload::Cancel => "cancel",
            Workload::Sleepers => "sleepers",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Workload> {
        Workload::ALL
            .into_iter()
            .find(|workload| workload.name() == name)
    }
}

impl Contender {
    pub(crate) const ALL: [Contender; 5] = [
        Contender::Vthread,
        Contender::Tokio,
        Contender::Smol,
        Contender::May,
        Contender::Go,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Vthread => "vthread",
            Contender::Tokio => "tokio",
            Contender::Smol => "smol",
            Contender::May => "may",
            Contender::Go => "go",
        }
    }

    /// Whether it has the workload: some are about one contender's own construct.
    pub(crate) fn runs(self, workload: Workload) -> bool {
        use Workload::{Context, Deep, Echo, EchoOpen, Mutex, PingPong, Recursion, Yield};
        match self {
            Contender::Vthread | Contender::Tokio => true,
            Contender::Smol | Contender::Go => !matches!(workload, Context | Deep | Recursion),
            Contender::May => matches!(workload, Echo | EchoOpen | Mutex | PingPong | Yield),
        }
    }

    pub(crate) fn named(name: &str) -> Option<Contender> {
        Contender::ALL
            .into_iter()
            .find(|contender| contender.name() == name)
    }
}
