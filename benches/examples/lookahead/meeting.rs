//! Where threads meet between two windows, and hand over letters.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use swarmlab_engine::time::Time;

use super::letter::Letter;
use super::post::Post;

/// Looks at the others before a thread lets go of its processor. A window takes less than a millisecond, so they are there
/// soon, if there is a processor for each.
const LOOKS: u32 = 1_000;

pub struct Meeting {
    /// Letters for each thread.
    inboxes: Vec<Mutex<Vec<Letter>>>,
    /// What each thread says at a meeting, and at the next: who is quick may be there before all have heard the last.
    said: [Vec<Said>; 2],
    arrivals: AtomicUsize,
}

#[derive(Default)]
struct Said {
    first: AtomicU64,
    completed: AtomicU32,
}

/// What all know after a meeting.
pub struct Agreed {
    /// When the first letter is read that anybody has.
    pub first: Time,
    /// Hosts that have completed.
    pub completed: u32,
}

impl Meeting {
    pub fn of(threads: usize) -> Meeting {
        let said = || (0..threads).map(|_| Said::default()).collect();
        Meeting {
            inboxes: (0..threads).map(|_| Mutex::default()).collect(),
            said: [said(), said()],
            arrivals: AtomicUsize::new(0),
        }
    }

    pub fn threads(&self) -> usize {
        self.inboxes.len()
    }

    /// Waits until all are there. Letters change hands.
    pub fn meet(&self, thread: usize, post: &mut Post, meetings_before: u64) -> Agreed {
        let said = &self.said[meetings_before as usize % 2];
        said[thread].first.store(post.first().as_nanos(), Ordering::Relaxed);
        said[thread].completed.store(post.completed, Ordering::Relaxed);
        for (inbox, leaving) in self.inboxes.iter().zip(&mut post.leaving) {
            if !leaving.is_empty() {
                inbox.lock().expect("nobody has panicked").append(leaving);
            }
        }
        self.arrive();
        // Some may be of the window that has just begun. They are for later ones, and are read in their order there.
        post.take_in(self.inboxes[thread].lock().expect("nobody has panicked").drain(..));
        let first = said.iter().map(|said| said.first.load(Ordering::Relaxed)).min();
        Agreed {
            first: first.map_or(Time::NEVER, Time::from_nanos),
            completed: said.iter().map(|said| said.completed.load(Ordering::Relaxed)).sum(),
        }
    }

    fn arrive(&self) {
        let arrived = self.arrivals.fetch_add(1, Ordering::AcqRel);
        let all = (arrived / self.threads() + 1) * self.threads();
        let mut looks = 0;
        while self.arrivals.load(Ordering::Acquire) < all {
            looks += 1;
            if looks < LOOKS { std::hint::spin_loop() } else { std::thread::yield_now() }
        }
    }
}
