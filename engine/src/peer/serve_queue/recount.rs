//! What one peer has asked us for.

use crate::invariant::{Broken, must_hold};

use super::{READ_AHEAD, ServeQueue, State};

impl ServeQueue {
    /// Whether the queue is within its bounds. `reads` are the disk's jobs for it that are not done.
    ///
    /// # Errors
    /// What does not hold: a bug in this module or in its caller.
    pub fn check_invariants(&self, reads: usize) -> Result<(), Broken> {
        self.requests_are_few()?;
        self.reads_are_counted(reads)?;
        self.who_is_read_for_waits_for_it()
    }

    /// The block at the head of the queue can be sent.
    pub fn is_ready(&self) -> bool {
        matches!(self.items.front(), Some((_, State::Loaded(_))))
    }

    fn requests_are_few(&self) -> Result<(), Broken> {
        let pending = self.items.len();
        must_hold!(pending <= self.held_max, "S29", "{pending} requests of a peer are held");
        Ok(())
    }

    fn reads_are_counted(&self, reads: usize) -> Result<(), Broken> {
        let counted = self.reading;
        must_hold!(counted <= READ_AHEAD, "S29", "{counted} blocks are read ahead for a peer");
        must_hold!(
            counted == reads,
            "S29",
            "{counted} reads are counted for a peer, the disk has to do {reads}"
        );
        Ok(())
    }

    fn who_is_read_for_waits_for_it(&self) -> Result<(), Broken> {
        let waiting = self.items.iter().filter(|(_, state)| matches!(state, State::Reading)).count();
        must_hold!(waiting <= self.reading, "S10", "{waiting} requests wait for {} reads", self.reading);
        let can_begin = self.reading < READ_AHEAD
            && self.items.iter().take(READ_AHEAD).any(|(_, state)| matches!(state, State::Waiting));
        must_hold!(!can_begin, "S10", "a request waits, and nobody reads its block");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::BlockRequest;

    #[test]
    fn each_wrong_entry_is_found() {
        type Spoil = fn(&mut ServeQueue, &mut usize);
        let request = |block: u32| BlockRequest { piece: 0, begin: block * 16_384, length: 16_384 };
        let cases: [(&str, &str, Spoil); 5] = [
            ("S29", "501 requests", |queue, _| {
                let (request, _) = queue.items[0];
                queue.items.extend((0..499).map(|_| (request, State::Waiting)));
            }),
            ("S29", "5 blocks", |queue, reads| (queue.reading, *reads) = (5, 5)),
            ("S29", "the disk has to do 1", |_, reads| *reads = 1),
            ("S10", "wait for 1 reads", |queue, reads| (queue.reading, *reads) = (1, 1)),
            ("S10", "nobody reads", |queue, _| queue.items[1].1 = State::Waiting),
        ];
        for (property, what, spoil) in cases {
            let mut queue = ServeQueue::new(500);
            (0..2).for_each(|block| queue.push(request(block)).unwrap());
            while queue.next_read().is_some() {}
            assert_eq!(queue.check_invariants(2), Ok(()));
            let mut reads = 2;
            spoil(&mut queue, &mut reads);
            let broken = queue.check_invariants(reads).unwrap_err();
            assert!(broken.property == property && broken.what.contains(what), "{what}: {broken}");
        }
    }
}
