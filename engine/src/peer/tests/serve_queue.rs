//! Whatever is asked, cancelled, read and sent in whatever order: the queue is the list that a careful clerk would keep.

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::peer::ServeQueue;
use crate::wire::BlockRequest;

#[derive(Clone, Debug)]
enum Step {
    /// A block of a few, so that repeats are common.
    Ask(u32),
    Cancel(u32),
    /// A choke that keeps the blocks below this one.
    KeepBelow(u32),
    Read,
    /// The disk answers one of the reads that it owes.
    Answer {
        which: Index,
        readable: bool,
    },
    Send,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..12_u32).prop_map(Step::Ask),
        2 => (0..12_u32).prop_map(Step::Cancel),
        1 => (0..12_u32).prop_map(Step::KeepBelow),
        6 => Just(Step::Read),
        5 => (any::<Index>(), prop::bool::weighted(0.8))
            .prop_map(|(which, readable)| Step::Answer { which, readable }),
        4 => Just(Step::Send),
    ];
    prop::collection::vec(step, 0..150)
}

fn request(block: u32) -> BlockRequest {
    BlockRequest { piece: block / 4, begin: block % 4 * 16_384, length: 16_384 }
}

fn payload(block: u32) -> Bytes {
    Bytes::from(vec![block as u8; 3])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Reading,
    Here,
}

/// The clerk's list, and what the disk owes.
#[derive(Default)]
struct Model {
    pending: Vec<(u32, State)>,
    owed: Vec<u32>,
}

impl Model {
    fn at(&self, block: u32) -> Option<usize> {
        self.pending.iter().position(|(pending, _)| *pending == block)
    }

    fn cancel(&mut self, block: u32) -> bool {
        let at = self.at(block);
        at.map(|at| self.pending.remove(at)).is_some()
    }

    /// The first that waits among the first four, while the disk owes fewer than four.
    fn next_read(&mut self) -> Option<u32> {
        let ahead = self.pending.len().min(4);
        let at = self.pending[..ahead].iter().position(|(_, state)| *state == State::Waiting)?;
        if self.owed.len() == 4 {
            return None;
        }
        self.pending[at].1 = State::Reading;
        self.owed.push(self.pending[at].0);
        Some(self.pending[at].0)
    }

    fn send(&mut self) -> Option<u32> {
        let (block, state) = *self.pending.first()?;
        (state == State::Here).then(|| self.pending.remove(0)).map(|_| block)
    }
}

fn step(queue: &mut ServeQueue, model: &mut Model, step: Step) {
    match step {
        Step::Ask(block) => {
            assert_eq!(queue.push(request(block)), Ok(()));
            if model.at(block).is_none() {
                model.pending.push((block, State::Waiting));
            }
        }
        Step::Cancel(block) => assert_eq!(queue.cancel(&request(block)), model.cancel(block)),
        Step::KeepBelow(limit) => {
            let limit = request(limit);
            let dropped = queue.drop_except(|request| *request < limit);
            let (kept, expected): (Vec<_>, Vec<_>) =
                model.pending.iter().partition(|(block, _)| request(*block) < limit);
            assert_eq!(dropped, expected.iter().map(|(block, _)| request(*block)).collect::<Vec<_>>());
            model.pending = kept;
        }
        Step::Read => assert_eq!(queue.next_read(), model.next_read().map(request)),
        Step::Answer { which, readable } if !model.owed.is_empty() => {
            let block = model.owed.remove(which.index(model.owed.len()));
            if readable {
                let wanted = queue.loaded(&request(block), payload(block));
                let at = model.at(block);
                assert_eq!(wanted, at.is_some());
                at.into_iter().for_each(|at| model.pending[at].1 = State::Here);
            } else {
                assert_eq!(queue.unreadable(&request(block)), model.cancel(block));
            }
        }
        Step::Answer { .. } => {}
        Step::Send => {
            let expected = model.send().map(|block| (request(block), payload(block)));
            assert_eq!(queue.pop_loaded(), expected);
        }
    }
    assert_eq!((queue.len(), queue.is_empty()), (model.pending.len(), model.pending.is_empty()));
    let is_ready = model.pending.first().is_some_and(|(_, state)| *state == State::Here);
    assert_eq!(queue.is_ready(), is_ready);
    // A client lets the disk begin all that it may.
    let mut busy = queue.clone();
    let begun = std::iter::from_fn(|| busy.next_read()).count();
    assert_eq!(busy.check_invariants(model.owed.len() + begun), Ok(()), "its own recount agrees");
}

proptest! {
    #[test]
    fn the_queue_is_a_list_in_order(steps in steps()) {
        let (mut queue, mut model) = (ServeQueue::new(500), Model::default());
        steps.into_iter().for_each(|next| step(&mut queue, &mut model, next));
    }
}
