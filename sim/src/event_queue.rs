//! The one queue of events of a simulated world.
//!
//! It owns simulated time: `now` is the time of the last event popped, and never decreases. Events are totally ordered
//! by (time, order of scheduling), so a run has one possible course. Scheduling in the past is a bug and panics.
//!
//! The shape is a heap with four children a node: half as deep as a binary heap, and its four sibling keys lie side by
//! side. An event popped leaves its place at the top vacant, and the next one scheduled sinks from there: handling an
//! event mostly schedules its successor, so one short walk does the work of two. `benches/event_queue.rs` compares this
//! with the standard library's heap.

use swarmlab_engine::time::Time;

const CHILDREN: usize = 4;

/// A queue of events `E`, popped in the order of their time, and of their scheduling within the same time.
#[derive(Debug)]
pub struct EventQueue<E> {
    heap: Vec<Entry<E>>,
    /// Whether `heap[0]` was popped already and stands for nothing.
    top_vacant: bool,
    scheduled: u64,
    now: Time,
    /// The key of the last event popped.
    last: Option<u128>,
    is_in_order: bool,
}

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    /// Nanoseconds in the high half, sequence number in the low half: one comparison without a branch.
    key: u128,
    event: E,
}

impl<E: Copy> EventQueue<E> {
    /// An empty queue at time zero.
    pub fn new() -> EventQueue<E> {
        EventQueue {
            heap: Vec::new(),
            top_vacant: false,
            scheduled: 0,
            now: Time::ZERO,
            last: None,
            is_in_order: true,
        }
    }

    /// The time of the last event popped.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Events that wait.
    pub fn len(&self) -> usize {
        self.heap.len() - usize::from(self.top_vacant)
    }

    /// Whether no event waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Events scheduled since the beginning.
    pub fn scheduled(&self) -> u64 {
        self.scheduled
    }

    /// Whether every event so far was popped after those of an earlier time, and after those of its own that were
    /// scheduled before it. Anything else is a bug in this module.
    pub fn is_in_order(&self) -> bool {
        self.is_in_order
    }

    /// The time of the next event.
    pub fn next_at(&self) -> Option<Time> {
        let next = if self.top_vacant { self.smallest_child(0)? } else { 0 };
        self.heap.get(next).map(|entry| time_of(entry.key))
    }

    /// Puts `event` in, to be popped at `at`.
    ///
    /// # Panics
    /// If `at` is before [`now`](Self::now): an event in the past is a bug of the caller.
    pub fn schedule(&mut self, at: Time, event: E) {
        assert!(at >= self.now, "scheduled at {at}, in the past of {}", self.now);
        let key = u128::from(at.as_nanos()) << 64 | u128::from(self.scheduled);
        self.scheduled += 1;
        let entry = Entry { key, event };
        if self.top_vacant {
            self.top_vacant = false;
            self.sink(entry);
        } else {
            self.heap.push(entry);
            self.rise(self.heap.len() - 1, entry);
        }
    }

    /// Takes the next event out and moves `now` to its time.
    pub fn pop(&mut self) -> Option<(Time, E)> {
        if self.top_vacant {
            self.top_vacant = false;
            let last = self.heap.pop()?;
            if !self.heap.is_empty() {
                self.refill_top(last);
            }
        }
        let first = *self.heap.first()?;
        self.top_vacant = true;
        self.now = time_of(first.key);
        self.is_in_order &= self.last.replace(first.key).is_none_or(|last| last < first.key);
        Some((self.now, first.event))
    }

    /// Puts `entry` at the top or as far below it as its key demands.
    fn sink(&mut self, entry: Entry<E>) {
        let mut hole = 0;
        while let Some(child) = self.smallest_child(hole)
            && self.heap[child].key < entry.key
        {
            self.heap[hole] = self.heap[child];
            hole = child;
        }
        self.heap[hole] = entry;
    }

    /// Lets the hole at the top sink to a leaf, then lets `entry` rise from there. An entry from the end of the heap
    /// nearly always belongs near the leaves, so this compares less than sinking it would.
    fn refill_top(&mut self, entry: Entry<E>) {
        let mut hole = 0;
        while let Some(child) = self.smallest_child(hole) {
            self.heap[hole] = self.heap[child];
            hole = child;
        }
        self.rise(hole, entry);
    }

    /// Puts `entry` at the hole or as far above it as its key demands.
    fn rise(&mut self, mut hole: usize, entry: Entry<E>) {
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if self.heap[parent].key <= entry.key {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = entry;
    }

    /// Where the smallest child of `node` is; `None` for a leaf.
    fn smallest_child(&self, node: usize) -> Option<usize> {
        let first = node * CHILDREN + 1;
        if let Some(children) = self.heap.get(first..first + CHILDREN) {
            // Indexes, not branches, carry the outcome: which child is smallest can't be predicted.
            let left = usize::from(children[1].key < children[0].key);
            let right = 2 + usize::from(children[3].key < children[2].key);
            let right_wins = usize::from(children[right].key < children[left].key);
            return Some(first + left + right_wins * (right - left));
        }
        (first..self.heap.len()).min_by_key(|&child| self.heap[child].key)
    }
}

impl<E: Copy> Default for EventQueue<E> {
    fn default() -> EventQueue<E> {
        EventQueue::new()
    }
}

fn time_of(key: u128) -> Time {
    Time::from_nanos((key >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        /// So many nanoseconds from now.
        Schedule(u64),
        Pop,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Small gaps, so that many events share a time.
        let step = prop_oneof![3 => (0..20_u64).prop_map(Step::Schedule), 2 => Just(Step::Pop)];
        prop::collection::vec(step, 0..400)
    }

    proptest! {
        /// A map by time and order of scheduling is the queue's whole promise. Whatever waits is popped in the end.
        #[test]
        fn is_a_map_by_time_and_order(steps in steps()) {
            let mut queue = EventQueue::new();
            let mut model: BTreeMap<(Time, u64), u64> = BTreeMap::new();
            let (mut now, mut scheduled) = (Time::ZERO, 0);
            let pops = std::iter::repeat_n(Step::Pop, steps.len() + 1);
            for step in steps.iter().cloned().chain(pops) {
                match step {
                    Step::Schedule(gap) => {
                        let at = Time::from_nanos(now.as_nanos() + gap);
                        queue.schedule(at, scheduled);
                        model.insert((at, scheduled), scheduled);
                        scheduled += 1;
                    }
                    Step::Pop => {
                        let expected = model.pop_first().map(|((at, _), event)| (at, event));
                        prop_assert_eq!(queue.pop(), expected);
                        now = expected.map_or(now, |(at, _)| at);
                    }
                }
                prop_assert_eq!(queue.now(), now);
                prop_assert_eq!(queue.next_at(), model.first_key_value().map(|((at, _), _)| *at));
                prop_assert_eq!((queue.len(), queue.is_empty()), (model.len(), model.is_empty()));
                prop_assert_eq!(queue.scheduled(), scheduled);
                prop_assert!(queue.is_in_order());
            }
        }
    }

    #[test]
    #[should_panic(expected = "in the past")]
    fn refuses_the_past() {
        let mut queue = EventQueue::new();
        queue.schedule(Time::from_nanos(2), ());
        queue.pop();
        queue.schedule(Time::from_nanos(1), ());
    }
}
