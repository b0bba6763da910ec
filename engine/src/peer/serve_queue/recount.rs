//! What one peer has asked us for.

use crate::invariant::{Broken, must_hold};

use super::{Pending, READ_AHEAD, ServeQueue, State};

impl ServeQueue {
    /// Whether the queue is within its bounds. `reads` are the disk's jobs for it that are not done.
    ///
    /// # Errors
    /// What does not hold: a bug in this module or in its caller.
    pub fn check_invariants(&self, reads: usize) -> Result<(), Broken> {
        self.reads_are_counted(reads)?;
        let Some(pending) = &self.pending else { return Ok(()) };
        self.requests_are_few(pending)?;
        self.who_is_read_for_waits_for_it(pending)?;
        pending.who_has_its_block_has_one()
    }

    fn requests_are_few(&self, pending: &Pending) -> Result<(), Broken> {
        let held = pending.items.len();
        must_hold!(held <= self.held_max as usize, "S29", "{held} requests of a peer are held");
        Ok(())
    }

    fn reads_are_counted(&self, reads: usize) -> Result<(), Broken> {
        let counted = self.reading;
        must_hold!(counted <= READ_AHEAD, "S29", "{counted} blocks are read ahead for a peer");
        must_hold!(
            counted as usize == reads,
            "S29",
            "{counted} reads are counted for a peer, the disk has to do {reads}"
        );
        Ok(())
    }

    fn who_is_read_for_waits_for_it(&self, pending: &Pending) -> Result<(), Broken> {
        let waiting = pending.in_state(State::Reading);
        must_hold!(
            waiting <= self.reading as usize,
            "S10",
            "{waiting} requests wait for {} reads",
            self.reading
        );
        let can_begin = self.reading < READ_AHEAD
            && pending.items.iter().take(READ_AHEAD as usize).any(|(_, state)| *state == State::Waiting);
        must_hold!(!can_begin, "S10", "a request waits, and nobody reads its block");
        Ok(())
    }
}

impl Pending {
    fn who_has_its_block_has_one(&self) -> Result<(), Broken> {
        let (ready, loaded) = (self.in_state(State::Loaded), self.loaded.len());
        must_hold!(ready == loaded, "S10", "the blocks of {ready} requests are here, {loaded} are found");
        Ok(())
    }

    fn in_state(&self, wanted: State) -> usize {
        self.items.iter().filter(|(_, state)| *state == wanted).count()
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
        let cases: [(&str, &str, Spoil); 6] = [
            ("S29", "501 requests", |queue, _| {
                let items = &mut queue.pending.as_mut().unwrap().items;
                let (request, _) = items[0];
                items.extend((0..499).map(|_| (request, State::Waiting)));
            }),
            ("S29", "5 blocks", |queue, reads| (queue.reading, *reads) = (5, 5)),
            ("S29", "the disk has to do 1", |_, reads| *reads = 1),
            ("S10", "wait for 1 reads", |queue, reads| (queue.reading, *reads) = (1, 1)),
            ("S10", "nobody reads", |queue, _| queue.pending.as_mut().unwrap().items[1].1 = State::Waiting),
            ("S10", "1 requests are here, 0", |queue, _| {
                queue.pending.as_mut().unwrap().items[0].1 = State::Loaded;
            }),
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
