//! What does it bring to split one run among threads?
//!
//! One swarm of real engines. Its hosts are dealt out to the threads, and all of a host's state is its own: hosts talk by
//! letters only, which are under way for at least the smallest latency. So within a window of that length nobody can hear of
//! what another does in it, and the threads go through it side by side. After each window they meet, and what one's hosts have
//! written to another's is handed over. A host takes what comes to it in an order in which threads don't occur, so a run goes
//! the same way with any number of them; the digest says so.
//!
//! The network is much plainer than the one of `swarmlab_sim`: uplinks with turns, latencies, and a window for what is
//! unacknowledged; no downlinks, no queues, no loss, no TCP. There is no tracker: everybody knows some others from the start.
//!
//!     lookahead [SIMULATED_SECONDS [PEERS...]]

mod host;
mod letter;
mod line;
mod meeting;
mod post;
mod run;
mod swarm;
mod uplink;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use mimalloc::MiMalloc;
use swarmlab_engine::time::Time;

use run::{Outcome, run};
use swarm::Swarm;

/// That of `swarmlab`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The last is for the digest only, where there are fewer processors.
const THREADS: [usize; 3] = [1, 2, 4];

fn main() -> ExitCode {
    let numbers: Result<Vec<u32>, _> = std::env::args().skip(1).map(|number| number.parse()).collect();
    let Some(numbers) = numbers.ok().filter(|numbers| numbers.iter().skip(1).all(|peers| *peers >= 2)) else {
        eprintln!("usage: lookahead [SIMULATED_SECONDS [PEERS...]], of at least 2 peers");
        return ExitCode::from(2);
    };
    let end = Time::from_secs(numbers.first().copied().unwrap_or(20).into());
    let sizes = numbers.get(1..).filter(|sizes| !sizes.is_empty()).unwrap_or(&[100, 1_000]);

    exit_on_panic();
    println!(
        "| peers | threads | digest | completed at | blocks | letters handed over | windows | wall time | speed-up |"
    );
    println!("|--:|--:|---|--:|--:|--:|--:|--:|--:|");
    match sizes.iter().filter(|peers| !compare(&Swarm::new(**peers), end)).count() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// The same run with each number of threads. False if it went differently with one of them.
fn compare(swarm: &Swarm, end: Time) -> bool {
    // The first run is slower, since the process has no memory yet.
    run(swarm, THREADS[0], end);
    let mut with_one = None;
    let mut is_same = true;
    for threads in THREADS {
        let (wall, outcome) = timed(|| run(swarm, threads, end));
        let Outcome { digest, completed, blocks, handed_over, windows } = outcome;
        let (wall_of_one, digest_of_one) = *with_one.get_or_insert((wall, digest));
        let completed = completed.map_or("-".to_owned(), |at| format!("{:.3} s", at.as_secs_f64()));
        println!(
            "| {} | {threads} | `{:08x}` | {completed} | {blocks} | {handed_over} | {windows} | {:.2} s | {:.2} × |",
            swarm.peers,
            digest >> 32,
            wall.as_secs_f64(),
            wall_of_one.as_secs_f64() / wall.as_secs_f64(),
        );
        if digest != digest_of_one {
            eprintln!("error: {} peers: the run with {threads} threads is not the run with one", swarm.peers);
            is_same = false;
        }
    }
    is_same
}

#[expect(clippy::disallowed_methods, reason = "how long the runs took, outside of them")]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = work();
    (begun.elapsed(), done)
}

/// The others would wait for a thread that has panicked for ever.
fn exit_on_panic() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        print(panic);
        std::process::exit(101);
    }));
}
