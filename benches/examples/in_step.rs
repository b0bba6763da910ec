//! What would it bring to split one run among threads?
//!
//! Parts of a swarm that are simulated by different threads may run ahead of each other by the smallest latency between
//! them, and then have to meet. Here each thread has a flash crowd of its own, as large as its part would be, and they meet
//! after each such window of simulated time as if they had something to hand over. So this measures what waiting costs, for
//! each other and for the memory that they share; what they would hand over costs nothing here. It is the most that a split
//! can bring.
//!
//!     in_step [THREADS [SIMULATED_SECONDS [PEERS...]]]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use swarmlab_engine::time::Time;
use swarmlab_sim::check::Seen;
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::world::{self, Observer, Options};

/// The smallest latency of `scenarios/flash-crowd.toml`, and of most others.
const WINDOW: Duration = Duration::from_millis(10);

fn main() {
    let numbers: Result<Vec<u64>, _> = std::env::args().skip(1).map(|number| number.parse()).collect();
    let Some(numbers) = numbers.ok().filter(|numbers| numbers.iter().all(|number| *number > 0)) else {
        eprintln!("usage: in_step [THREADS [SIMULATED_SECONDS [PEERS...]]]");
        std::process::exit(2);
    };
    let threads = numbers.first().copied().unwrap_or(2);
    let seconds = numbers.get(1).copied().unwrap_or(20);
    let sizes = numbers.get(2..).filter(|sizes| !sizes.is_empty()).unwrap_or(&[100, 1_000]);
    println!(
        "| peers | threads | moments per window and thread | one after the other | side by side | in step |"
    );
    println!("|---|---|--:|--:|--:|--:|");
    for &peers in sizes {
        let parts: Vec<Scenario> = (0..threads).map(|part| crowd(peers / threads, seconds, part)).collect();
        let end = Time::from_secs(seconds);

        let (alone, ()) = timed(|| parts.iter().for_each(|part| _ = play(part, end, None)));

        let (apart, _) = together(&parts, end, false);
        let (in_step, part) = together(&parts, end, true);
        let per_window = part.moments / part.windows.max(1);
        let times = |wall: Duration| alone.as_secs_f64() / wall.as_secs_f64();
        println!(
            "| {peers} | {threads} | {per_window} | {:.1} s | {:.1} s, {:.2} × | {:.1} s, {:.2} × |",
            alone.as_secs_f64(),
            apart.as_secs_f64(),
            times(apart),
            in_step.as_secs_f64(),
            times(in_step),
        );
    }
}

fn crowd(peers: u64, seconds: u64, seed: u64) -> Scenario {
    let sets = [
        format!("peers.leecher.count={}", peers.saturating_sub(1).max(1)),
        "torrent.size=64MiB".to_owned(),
        format!("stop.at={seconds}s"),
        format!("seed={}", seed + 1),
    ];
    Scenario::load("scenarios/flash-crowd.toml", &sets).expect("a scenario of this repository")
}

/// All parts at once: how long that took, and what one of them has counted.
fn together(parts: &[Scenario], end: Time, in_step: bool) -> (Duration, Counted) {
    let meeting = Meeting { of: parts.len(), arrivals: AtomicUsize::new(0) };
    let meeting = in_step.then_some(&meeting);
    timed(|| {
        std::thread::scope(|scope| {
            let start = |part| scope.spawn(move || play(part, end, meeting));
            let threads: Vec<_> = parts.iter().map(start).collect();
            threads.into_iter().map(|thread| thread.join().expect("a run that ends")).last()
        })
        .expect("at least one part")
    })
}

#[expect(clippy::disallowed_methods, reason = "how long the runs took, outside of them")]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = work();
    (begun.elapsed(), done)
}

fn play(part: &Scenario, end: Time, meeting: Option<&Meeting>) -> Counted {
    let mut walker = Walker { meeting, next: Time::ZERO + WINDOW, end, counted: Counted::default() };
    let options = Options { tables: false, ..Options::default() };
    world::observed(part, options, &mut (), vec![&mut walker]).expect("a scenario of this repository");
    walker.counted
}

#[derive(Clone, Copy, Default)]
struct Counted {
    /// Things that a client was given, or did.
    moments: u64,
    windows: u64,
}

/// Goes from window to window.
struct Walker<'a> {
    meeting: Option<&'a Meeting>,
    /// When the window ends.
    next: Time,
    end: Time,
    counted: Counted,
}

impl Walker<'_> {
    fn reach(&mut self, now: Time) {
        while self.next <= now {
            if let Some(meeting) = self.meeting {
                meeting.arrive();
            }
            self.next += WINDOW;
            self.counted.windows += 1;
        }
    }
}

impl Observer for Walker<'_> {
    fn sees(&mut self, now: Time, _: u32, _: &Seen<'_>) {
        self.counted.moments += 1;
        self.reach(now);
    }

    /// A part that has ended still comes to the meetings that are left.
    fn ends(&mut self, _: Time) {
        self.reach(self.end);
    }
}

/// Where threads wait for each other without leaving the processor: a window takes them less than a millisecond.
struct Meeting {
    of: usize,
    arrivals: AtomicUsize,
}

impl Meeting {
    fn arrive(&self) {
        let arrived = self.arrivals.fetch_add(1, Ordering::AcqRel);
        let all = (arrived / self.of + 1) * self.of;
        while self.arrivals.load(Ordering::Acquire) < all {
            std::hint::spin_loop();
        }
    }
}
