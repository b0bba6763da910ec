//! What a client has asked a peer for, as it stands on the wire.

use std::collections::VecDeque;

use super::message::Block;

/// Requests on the wire that have not ended.
#[derive(Debug, Default)]
pub struct Asked {
    requests: VecDeque<Request>,
    doubtful: usize,
    /// Taken back, and not answered yet.
    cancelled: Vec<Block>,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    block: Block,
    /// It had waited for the socket, and the client may have given it up before it was sent.
    is_doubtful: bool,
}

impl Asked {
    /// One more.
    pub fn push(&mut self, block: Block, is_doubtful: bool) {
        self.requests.push_back(Request { block, is_doubtful });
        self.doubtful += usize::from(is_doubtful);
    }

    /// The client counts on this block: it is asked for beyond doubt.
    pub fn owes(&self, block: &Block) -> bool {
        self.requests.iter().any(|request| !request.is_doubtful && request.block == *block)
    }

    /// The block is asked for, perhaps only.
    pub fn has(&self, block: &Block) -> bool {
        self.requests.iter().any(|request| request.block == *block)
    }

    /// A request for the block has ended; false if there was none.
    fn end(&mut self, block: &Block) -> bool {
        let equal = |request: &Request| request.block == *block;
        // What the client counts on comes before what it may have given up.
        let counted = self.requests.iter().position(|request| equal(request) && !request.is_doubtful);
        let found = counted.or_else(|| self.requests.iter().position(equal));
        let ended = found.and_then(|at| self.requests.remove(at));
        self.doubtful -= usize::from(ended.is_some_and(|request| request.is_doubtful));
        ended.is_some()
    }

    /// The client takes a request back.
    pub fn cancel(&mut self, block: &Block) {
        if self.end(block) {
            self.cancelled.push(*block);
        }
    }

    /// The peer rejects: answers come in order, so it is what was taken back first of all.
    pub fn reject(&mut self, block: &Block) {
        if !self.settle_cancelled(block) {
            self.end(block);
        }
    }

    /// The peer sends the block; false if nothing is asked for that it could be.
    pub fn arrive(&mut self, block: &Block) -> bool {
        let is_asked = self.end(block);
        if !is_asked {
            self.settle_cancelled(block);
        }
        is_asked
    }

    fn settle_cancelled(&mut self, block: &Block) -> bool {
        let at = self.cancelled.iter().position(|cancelled| cancelled == block);
        at.map(|at| self.cancelled.swap_remove(at)).is_some()
    }

    /// All have ended.
    pub fn clear(&mut self) {
        self.requests.clear();
        self.cancelled.clear();
        self.doubtful = 0;
    }

    /// How many the client counts on.
    pub fn len(&self) -> usize {
        self.requests.len() - self.doubtful
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Block = Block { piece: 2, begin: 16_384, length: 16_384 };

    #[test]
    fn what_the_client_counts_on_ends_before_what_it_may_have_given_up() {
        let mut asked = Asked::default();
        asked.push(BLOCK, true);
        assert!(!asked.owes(&BLOCK) && asked.len() == 0);
        asked.push(BLOCK, false);
        asked.cancel(&BLOCK);
        assert!(!asked.owes(&BLOCK) && asked.arrive(&BLOCK) && !asked.arrive(&BLOCK));
    }

    #[test]
    fn a_reject_answers_what_was_taken_back_first() {
        let mut asked = Asked::default();
        asked.push(BLOCK, false);
        asked.cancel(&BLOCK);
        asked.push(BLOCK, false);
        asked.reject(&BLOCK);
        assert!(asked.owes(&BLOCK), "the second request is still open");
        asked.reject(&BLOCK);
        assert!(!asked.owes(&BLOCK));
    }
}
