//! What a peer has asked a client for, as it stands on the wire.

use std::collections::VecDeque;

use super::message::Block;

/// Requests that the peer has made and that have not ended.
#[derive(Debug, Default)]
pub struct Pending {
    requests: VecDeque<Request>,
    /// How many of them are repeats.
    repeats: usize,
    /// Taken back by the peer, which with the fast extension calls for a REJECT; not surely where it was a repeat.
    cancelled: Vec<(Block, Owed)>,
    /// How often all had been said when something came last.
    epoch: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owed {
    Surely,
    Perhaps,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    block: Block,
    /// It came after everything had been said for so many times.
    epoch: u32,
    /// So many were pending when it came.
    before: usize,
    /// An equal one was pending: nobody holds it twice, so it may never be answered.
    is_repeat: bool,
    /// It was pending when the peer was choked, and is not to be served.
    is_dropped: bool,
}

impl Pending {
    /// The peer asks.
    pub fn push(&mut self, block: Block) {
        let is_repeat = self.requests.iter().any(|request| request.block == block);
        self.repeats += usize::from(is_repeat);
        let before = self.requests.len();
        self.requests.push_back(Request { block, epoch: self.epoch, before, is_repeat, is_dropped: false });
    }

    /// The peer takes it back. With the fast extension that is to be answered.
    pub fn cancel(&mut self, block: &Block, is_to_be_answered: bool) {
        if let Some(request) = self.take(block)
            && is_to_be_answered
        {
            let owed = if request.is_repeat { Owed::Perhaps } else { Owed::Surely };
            self.cancelled.push((*block, owed));
        }
    }

    /// The client sends it: whether it was pending, and whether a CHOKE had ended it. What is asked for twice is sent
    /// once; rejections had been said before.
    pub fn serve(&mut self, block: &Block) -> Option<Served> {
        let request = self.take(block)?;
        if self.repeats > 0 {
            while self.take(block).is_some() {}
        }
        Some(Served { was_dropped: request.is_dropped })
    }

    /// The client rejects it: what it answers with that, if it owes an answer.
    pub fn reject(&mut self, block: &Block) -> Option<Rejected> {
        if let Some(at) = self.cancelled.iter().position(|(cancelled, _)| cancelled == block) {
            self.cancelled.swap_remove(at);
            return Some(Rejected::Cancel);
        }
        self.take(block).map(|request| match request.is_repeat || request.is_dropped {
            true => Rejected::Obsolete,
            false => Rejected::Request { before: request.before },
        })
    }

    /// The client chokes. What it had received when it last had nothing more to say it drops, except what is allowed; of
    /// what came later nobody knows from outside whether that was before it decided to choke.
    pub fn choke(&mut self, fast: bool, is_allowed: impl Fn(u32) -> bool) {
        let epoch = self.epoch;
        let drops = |request: &Request| request.epoch != epoch && !is_allowed(request.block.piece);
        match fast {
            true => self.requests.iter_mut().for_each(|request| request.is_dropped |= drops(request)),
            false => self.requests.retain(|request| !drops(request)),
        }
        self.repeats = self.requests.iter().filter(|request| request.is_repeat).count();
    }

    /// A request that should have been answered by now, since the client has nothing more to say: it was taken back,
    /// or it is not one of those that are going to be served.
    pub fn unanswered(&self, is_choking: bool, is_served: impl Fn(u32) -> bool) -> Option<Block> {
        // New ones are at the end. Of a client that unchokes the others were looked at before.
        let is_new = |request: &&Request| is_choking || request.is_dropped || request.epoch == self.epoch;
        let mut looked_at =
            self.requests.iter().rev().take_while(is_new).filter(|request| !request.is_repeat);
        let forgotten = looked_at.find(|request| request.is_dropped || !is_served(request.block.piece));
        let cancelled = self.cancelled.iter().find(|(_, owed)| *owed == Owed::Surely);
        cancelled.map(|(block, _)| *block).or(forgotten.map(|request| request.block))
    }

    /// The client has nothing more to say.
    pub fn drained(&mut self) {
        self.epoch += 1;
        self.cancelled.clear();
    }

    fn take(&mut self, block: &Block) -> Option<Request> {
        let at = self.requests.iter().position(|request| request.block == *block)?;
        let request = self.requests.remove(at)?;
        self.repeats -= usize::from(request.is_repeat);
        Some(request)
    }
}

/// What a REJECT answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// A CANCEL.
    Cancel,
    /// A request that came twice, or that a CHOKE had ended.
    Obsolete,
    /// A request, before which so many were pending when it came.
    Request { before: usize },
}

/// A request that is served.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// A CHOKE was sent since it came.
    pub was_dropped: bool,
}
