//! One run, from window to window.

use xxhash_rust::xxh3::Xxh3;

use swarmlab_engine::time::Time;

use super::host::{Host, Tally};
use super::meeting::Meeting;
use super::post::Post;
use super::swarm::{LATENCY_MIN, Swarm};

pub struct Outcome {
    pub digest: u64,
    /// When the last host had everything, if it had.
    pub completed: Option<Time>,
    pub blocks: u64,
    pub handed_over: u64,
    pub windows: u64,
}

/// Until everybody has everything, or a moment comes.
pub fn run(swarm: &Swarm, threads: usize, end: Time) -> Outcome {
    let meeting = &Meeting::of(threads);
    let parts: Vec<Part> = std::thread::scope(|scope| {
        let start = |thread| scope.spawn(move || play(swarm, thread, meeting, end));
        let playing: Vec<_> = (0..threads).map(start).collect();
        playing.into_iter().map(|part| part.join().expect("who panics ends everything")).collect()
    });
    let (handed_over, windows) = (parts.iter().map(|part| part.handed_over).sum(), parts[0].windows);
    let mut tallies: Vec<Tally> = parts.into_iter().flat_map(|part| part.tallies).collect();
    tallies.sort_by_key(|tally| tally.host);
    let mut digest = Xxh3::new();
    for tally in &tallies {
        digest.update(&tally.digest.to_le_bytes());
        digest.update(&tally.uploaded.to_le_bytes());
        digest.update(&tally.downloaded.to_le_bytes());
    }
    Outcome {
        digest: digest.digest(),
        completed: tallies
            .iter()
            .map(|tally| tally.completed)
            .collect::<Option<Vec<_>>>()
            .and_then(|all| all.into_iter().max()),
        blocks: tallies.iter().map(|tally| tally.blocks).sum(),
        handed_over,
        windows,
    }
}

/// What one thread has to say of its hosts.
struct Part {
    tallies: Vec<Tally>,
    handed_over: u64,
    windows: u64,
}

/// The hosts of one thread. They do what they do in a window in the order of time; hosts of other threads do it meanwhile.
fn play(swarm: &Swarm, thread: usize, meeting: &Meeting, end: Time) -> Part {
    let mut post = Post::new(thread, meeting.threads());
    let numbers = (thread as u32..swarm.peers).step_by(meeting.threads());
    let mut hosts: Vec<Host> = numbers.map(|number| Host::new(swarm, number, &mut post)).collect();
    let mut windows = 0;
    loop {
        let agreed = meeting.meet(thread, &mut post, windows);
        if agreed.completed == swarm.peers || agreed.first >= end {
            break;
        }
        // It begins where something is: time in which nothing is has no windows.
        post.window_ends = agreed.first + LATENCY_MIN;
        while let Some(letter) = post.next() {
            hosts[letter.to as usize / meeting.threads()].read(letter, &mut post);
        }
        windows += 1;
    }
    Part { tallies: hosts.iter().map(Host::tally).collect(), handed_over: post.handed_over, windows }
}
