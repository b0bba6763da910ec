//! What a client has asked a peer for, as it stands on the wire.

use std::collections::VecDeque;

use super::message::Block;

/// Requests on the wire that have not ended.
#[derive(Debug, Default)]
pub struct Asked {
    requests: VecDeque<Request>,
    doubtful: usize,
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

    /// A request for the block has ended; false if there was none.
    pub fn end(&mut self, block: &Block) -> bool {
        let found = self.requests.iter().position(|request| request.block == *block);
        let ended = found.and_then(|at| self.requests.remove(at));
        self.doubtful -= usize::from(ended.is_some_and(|request| request.is_doubtful));
        ended.is_some()
    }

    /// All have ended.
    pub fn clear(&mut self) {
        self.requests.clear();
        self.doubtful = 0;
    }

    /// How many the client counts on.
    pub fn len(&self) -> usize {
        self.requests.len() - self.doubtful
    }
}
