//! What a peer has asked us for, in order, and the blocks that the disk has brought for it.

mod recount;

use std::collections::VecDeque;

use bytes::Bytes;

use crate::wire::BlockRequest;

/// Blocks of one peer that are read ahead of the socket. Few, so that a choke wastes little; enough that the socket
/// doesn't wait for the disk.
const READ_AHEAD: usize = 4;

#[derive(Clone, Debug)]
enum State {
    Waiting,
    Reading,
    Loaded(Bytes),
}

/// Pending requests of one peer.
#[derive(Clone, Debug)]
pub struct ServeQueue {
    /// Requests that are held.
    held_max: usize,
    items: VecDeque<(BlockRequest, State)>,
    /// Reads that the disk has not answered, those of requests that were cancelled among them.
    reading: usize,
}

/// The queue holds as many requests as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl ServeQueue {
    /// An empty queue, which holds so many requests, and one at least.
    pub fn new(held_max: u32) -> ServeQueue {
        ServeQueue { held_max: held_max.max(1) as usize, items: VecDeque::new(), reading: 0 }
    }

    /// Gives its memory back if nothing is pending.
    pub fn rest(&mut self) {
        if self.items.is_empty() {
            self.items = VecDeque::new();
        }
    }

    /// How many requests are pending.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// No request is pending.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// One more request; one that is pending already is not held twice.
    pub fn push(&mut self, request: BlockRequest) -> Result<(), Full> {
        if self.items.iter().any(|(pending, _)| *pending == request) {
            return Ok(());
        }
        if self.items.len() >= self.held_max {
            return Err(Full);
        }
        self.items.push_back((request, State::Waiting));
        Ok(())
    }

    /// The peer doesn't want it any more; false if it was not pending.
    pub fn cancel(&mut self, request: &BlockRequest) -> bool {
        let at = self.items.iter().position(|(pending, _)| pending == request);
        at.and_then(|at| self.items.remove(at)).is_some()
    }

    /// Drops what `keep` does not keep, and answers it in order.
    pub fn drop_except(&mut self, keep: impl Fn(&BlockRequest) -> bool) -> Vec<BlockRequest> {
        let dropped =
            self.items.iter().map(|(request, _)| *request).filter(|request| !keep(request)).collect();
        self.items.retain(|(request, _)| keep(request));
        dropped
    }

    /// The next block that the disk should be asked for now. Each is to be answered by [`loaded`](Self::loaded) or
    /// [`unreadable`](Self::unreadable), and there are never more than a few: who asks and cancels in turn would have
    /// the disk read for ever.
    pub fn next_read(&mut self) -> Option<BlockRequest> {
        if self.reading >= READ_AHEAD {
            return None;
        }
        let ahead = self.items.iter_mut().take(READ_AHEAD);
        let (request, state) = ahead.into_iter().find(|(_, state)| matches!(state, State::Waiting))?;
        *state = State::Reading;
        self.reading += 1;
        Some(*request)
    }

    /// The disk has brought a block; false if nobody waits for it any more.
    pub fn loaded(&mut self, request: &BlockRequest, data: Bytes) -> bool {
        self.reading -= 1;
        let item = self.items.iter_mut().find(|(pending, _)| pending == request);
        item.map(|(_, state)| *state = State::Loaded(data)).is_some()
    }

    /// The disk could not bring a block; false if nobody waits for it any more.
    pub fn unreadable(&mut self, request: &BlockRequest) -> bool {
        self.reading -= 1;
        self.cancel(request)
    }

    /// The block to send next, if it is here.
    pub fn pop_loaded(&mut self) -> Option<(BlockRequest, Bytes)> {
        if !matches!(self.items.front(), Some((_, State::Loaded(_)))) {
            return None;
        }
        match self.items.pop_front() {
            Some((request, State::Loaded(data))) => Some((request, data)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(block: u32) -> BlockRequest {
        BlockRequest { piece: 0, begin: block * 16_384, length: 16_384 }
    }

    #[test]
    fn blocks_leave_in_the_order_in_which_they_were_asked_for() {
        let mut queue = ServeQueue::new(500);
        (0..6).for_each(|block| queue.push(request(block)).unwrap());
        let reads: Vec<_> = std::iter::from_fn(|| queue.next_read()).collect();
        assert_eq!(reads, [0, 1, 2, 3].map(request), "no further than the read-ahead");
        assert!(queue.loaded(&request(1), Bytes::from_static(b"1")));
        assert_eq!(queue.pop_loaded(), None, "the first is not here yet");
        assert!(queue.loaded(&request(0), Bytes::from_static(b"0")));
        assert_eq!(queue.pop_loaded(), Some((request(0), Bytes::from_static(b"0"))));
        assert_eq!(queue.pop_loaded(), Some((request(1), Bytes::from_static(b"1"))));
        assert_eq!(queue.next_read(), Some(request(4)));
    }

    #[test]
    fn a_cancelled_block_is_not_sent_though_the_disk_brings_it() {
        let mut queue = ServeQueue::new(500);
        queue.push(request(0)).unwrap();
        queue.next_read();
        assert!(queue.cancel(&request(0)));
        assert!(!queue.loaded(&request(0), Bytes::new()));
        assert!(queue.pop_loaded().is_none() && queue.is_empty());
    }

    #[test]
    fn a_flood_is_bounded_and_a_repeat_is_held_once() {
        let mut queue = ServeQueue::new(500);
        (0..500).for_each(|block| queue.push(request(block)).unwrap());
        assert_eq!(queue.push(request(3)), Ok(()));
        assert_eq!(queue.push(request(9_999)), Err(Full));
        assert_eq!(queue.len(), 500);
    }
}
