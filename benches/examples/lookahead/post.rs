//! The letters of one thread.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use swarmlab_engine::time::Time;

use super::letter::Letter;

/// What comes to the hosts of a thread, and what they have written to those of others.
pub struct Post {
    thread: usize,
    coming: BinaryHeap<Reverse<Letter>>,
    /// For each thread.
    pub leaving: Vec<Vec<Letter>>,
    /// When the first of these arrives.
    first_leaving: Time,
    /// When the window ends. What is written in it arrives later, unless one writes to oneself.
    pub window_ends: Time,
    /// Hosts that have completed.
    pub completed: u32,
    pub handed_over: u64,
}

impl Post {
    pub fn new(thread: usize, threads: usize) -> Post {
        Post {
            thread,
            coming: BinaryHeap::new(),
            leaving: (0..threads).map(|_| Vec::new()).collect(),
            first_leaving: Time::NEVER,
            window_ends: Time::ZERO,
            completed: 0,
            handed_over: 0,
        }
    }

    pub fn put(&mut self, letter: Letter) {
        assert!(
            letter.to == letter.from || letter.at >= self.window_ends,
            "a letter for a window that has begun"
        );
        let thread = letter.to as usize % self.leaving.len();
        if thread == self.thread {
            self.coming.push(Reverse(letter));
        } else {
            self.first_leaving = self.first_leaving.min(letter.at);
            self.leaving[thread].push(letter);
            self.handed_over += 1;
        }
    }

    /// The next letter of this window.
    pub fn next(&mut self) -> Option<Letter> {
        let is_due = self.coming.peek().is_some_and(|Reverse(letter)| letter.at < self.window_ends);
        if is_due { self.coming.pop().map(|Reverse(letter)| letter) } else { None }
    }

    /// When the first letter is read that this thread knows of, here or elsewhere. Once in a window.
    pub fn first(&mut self) -> Time {
        let leaving = std::mem::replace(&mut self.first_leaving, Time::NEVER);
        self.coming.peek().map_or(leaving, |Reverse(letter)| letter.at.min(leaving))
    }

    /// Letters of others have come.
    pub fn take_in(&mut self, letters: impl Iterator<Item = Letter>) {
        self.coming.extend(letters.map(Reverse));
    }
}
