//! A queue that is nearly always short, and lies in its owner.
//!
//! A large swarm fits no cache: what a queue holds elsewhere costs another fetch from memory each time it is looked at.
//! So the first few lie here, and only what comes beyond them lies elsewhere.

use std::collections::VecDeque;
use std::ops::{Index, IndexMut};

/// A queue of which the first `N` lie in place. `T` is small: it is moved up when the front goes.
#[derive(Debug)]
pub(super) struct ShortQueue<T, const N: usize> {
    /// The oldest, oldest first.
    near: [T; N],
    near_len: u32,
    /// How many lie in `far`: none unless `near` is full.
    far_len: u32,
    /// The others. It is kept once it was needed, until the queue is replaced.
    #[expect(clippy::box_collection, reason = "one word here in place of four")]
    far: Option<Box<VecDeque<T>>>,
}

impl<T: Copy + Default, const N: usize> Default for ShortQueue<T, N> {
    fn default() -> ShortQueue<T, N> {
        ShortQueue { near: [T::default(); N], near_len: 0, far_len: 0, far: None }
    }
}

impl<T: Copy + Default, const N: usize> ShortQueue<T, N> {
    pub fn len(&self) -> usize {
        (self.near_len + self.far_len) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.near_len == 0
    }

    pub fn front(&self) -> Option<&T> {
        self.near().first()
    }

    pub fn back(&self) -> Option<&T> {
        match &self.far {
            Some(far) if self.far_len > 0 => far.back(),
            _ => self.near().last(),
        }
    }

    pub fn push_back(&mut self, item: T) {
        match self.near.get_mut(self.near_len as usize) {
            Some(place) => {
                *place = item;
                self.near_len += 1;
            }
            None => {
                self.far.get_or_insert_default().push_back(item);
                self.far_len += 1;
            }
        }
    }

    pub fn pop_front(&mut self) -> Option<T> {
        let first = *self.front()?;
        self.near.copy_within(1.., 0);
        self.near_len -= 1;
        if self.far_len > 0
            && let Some(next) = self.far.as_mut().and_then(|far| far.pop_front())
        {
            self.far_len -= 1;
            self.near[self.near_len as usize] = next;
            self.near_len += 1;
        }
        Some(first)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.near().iter().chain(self.far.iter().flat_map(|far| far.iter()))
    }

    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        let near = self.near[..self.near_len as usize].iter_mut();
        near.chain(self.far.iter_mut().flat_map(|far| far.iter_mut()))
    }

    fn near(&self) -> &[T] {
        &self.near[..self.near_len as usize]
    }
}

impl<T: Copy + Default, const N: usize> Index<usize> for ShortQueue<T, N> {
    type Output = T;

    fn index(&self, place: usize) -> &T {
        match self.near().get(place) {
            Some(item) => item,
            None => &self.far.as_ref().expect("a place in the queue")[place - N],
        }
    }
}

impl<T: Copy + Default, const N: usize> IndexMut<usize> for ShortQueue<T, N> {
    fn index_mut(&mut self, place: usize) -> &mut T {
        match self.near[..self.near_len as usize].get_mut(place) {
            Some(item) => item,
            None => &mut self.far.as_mut().expect("a place in the queue")[place - N],
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Push(u32),
        Pop,
        Change(usize, u32),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            5 => any::<u32>().prop_map(Step::Push),
            4 => Just(Step::Pop),
            1 => (0..8_usize, any::<u32>()).prop_map(|(place, item)| Step::Change(place, item)),
        ]
    }

    proptest! {
        #[test]
        fn is_a_queue(steps in prop::collection::vec(step(), 0..100)) {
            let (mut queue, mut model) = (ShortQueue::<u32, 2>::default(), VecDeque::new());
            for step in steps {
                match step {
                    Step::Push(item) => {
                        queue.push_back(item);
                        model.push_back(item);
                    }
                    Step::Pop => prop_assert_eq!(queue.pop_front(), model.pop_front()),
                    Step::Change(place, item) => {
                        if let Some(expected) = model.get_mut(place) {
                            prop_assert_eq!(queue[place], *expected);
                            (queue[place], *expected) = (item, item);
                        }
                    }
                }
                prop_assert_eq!((queue.len(), queue.is_empty()), (model.len(), model.is_empty()));
                prop_assert_eq!((queue.front(), queue.back()), (model.front(), model.back()));
                prop_assert!(queue.iter().eq(&model) && queue.iter().rev().eq(model.iter().rev()));
                prop_assert!(queue.iter_mut().rev().eq(model.iter_mut().rev()));
            }
        }
    }
}
