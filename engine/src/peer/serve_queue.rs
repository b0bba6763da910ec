//! What a peer has asked us for, in order, and the blocks that the disk has brought for it.

mod recount;

use std::collections::VecDeque;

use bytes::Bytes;

use crate::queue::take_first;
use crate::wire::BlockRequest;

/// Blocks of one peer that are read ahead of the socket. Few, so that a choke wastes little; enough that the socket
/// doesn't wait for the disk.
const READ_AHEAD: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Reading,
    Loaded,
}

/// Pending requests of one peer.
#[derive(Clone, Debug)]
pub struct ServeQueue {
    /// Requests that are held.
    held_max: u32,
    /// Reads that the disk has not answered, those of requests that were cancelled among them.
    reading: u32,
    /// Most peers are choked, and have asked for nothing.
    pending: Option<Box<Pending>>,
}

/// The requests, and apart from them the few blocks that are here: the requests are searched with each that comes.
#[derive(Clone, Debug, Default)]
struct Pending {
    items: VecDeque<(BlockRequest, State)>,
    loaded: Vec<(BlockRequest, Bytes)>,
}

/// The queue holds as many requests as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl ServeQueue {
    /// An empty queue, which holds so many requests, and one at least.
    pub fn new(held_max: u32) -> ServeQueue {
        ServeQueue { held_max: held_max.max(1), reading: 0, pending: None }
    }

    /// Gives its memory back if nothing is pending.
    pub fn rest(&mut self) {
        if self.is_empty() {
            self.pending = None;
        }
    }

    /// How many requests are pending.
    pub fn len(&self) -> usize {
        self.pending.as_ref().map_or(0, |pending| pending.items.len())
    }

    /// No request is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One more request; one that is pending already is not held twice.
    pub fn push(&mut self, request: BlockRequest) -> Result<(), Full> {
        let items = &mut self.pending.get_or_insert_default().items;
        if items.iter().any(|(pending, _)| *pending == request) {
            return Ok(());
        }
        if items.len() >= self.held_max as usize {
            return Err(Full);
        }
        items.push_back((request, State::Waiting));
        Ok(())
    }

    /// The peer doesn't want it any more; false if it was not pending.
    pub fn cancel(&mut self, request: &BlockRequest) -> bool {
        let Some(pending) = &mut self.pending else { return false };
        pending.loaded.retain(|(loaded, _)| loaded != request);
        let at = pending.items.iter().position(|(pending, _)| pending == request);
        at.and_then(|at| pending.items.remove(at)).is_some()
    }

    /// Drops what `keep` does not keep, and answers it in order.
    pub fn drop_except(&mut self, keep: impl Fn(&BlockRequest) -> bool) -> Vec<BlockRequest> {
        let Some(pending) = &mut self.pending else { return Vec::new() };
        let dropped =
            pending.items.iter().map(|(request, _)| *request).filter(|request| !keep(request)).collect();
        pending.items.retain(|(request, _)| keep(request));
        pending.loaded.retain(|(request, _)| keep(request));
        dropped
    }

    /// The next block that the disk should be asked for now. Each is to be answered by [`loaded`](Self::loaded) or
    /// [`unreadable`](Self::unreadable), and there are never more than a few: who asks and cancels in turn would have
    /// the disk read for ever.
    pub fn next_read(&mut self) -> Option<BlockRequest> {
        if self.reading >= READ_AHEAD {
            return None;
        }
        let mut ahead = self.pending.as_mut()?.items.iter_mut().take(READ_AHEAD as usize);
        let (request, state) = ahead.find(|(_, state)| *state == State::Waiting)?;
        *state = State::Reading;
        self.reading += 1;
        Some(*request)
    }

    /// The disk has brought a block; false if nobody waits for it any more.
    pub fn loaded(&mut self, request: &BlockRequest, data: Bytes) -> bool {
        self.reading -= 1;
        let Some(pending) = &mut self.pending else { return false };
        let Some((_, state)) = pending.items.iter_mut().find(|(pending, _)| pending == request) else {
            return false;
        };
        // Asked for, cancelled, and asked for again, it may have been read twice.
        if std::mem::replace(state, State::Loaded) != State::Loaded {
            pending.loaded.push((*request, data));
        }
        true
    }

    /// The disk could not bring a block; false if nobody waits for it any more.
    pub fn unreadable(&mut self, request: &BlockRequest) -> bool {
        self.reading -= 1;
        self.cancel(request)
    }

    /// The block at the head of the queue can be sent.
    pub fn is_ready(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| matches!(pending.items.front(), Some((_, State::Loaded))))
    }

    /// The block to send next, if it is here.
    pub fn pop_loaded(&mut self) -> Option<(BlockRequest, Bytes)> {
        let pending = self.pending.as_mut()?;
        let Some(&(request, State::Loaded)) = pending.items.front() else { return None };
        take_first(&mut pending.items);
        let at = pending.loaded.iter().position(|(loaded, _)| *loaded == request)?;
        Some(pending.loaded.swap_remove(at))
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
