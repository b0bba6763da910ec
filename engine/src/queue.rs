//! Queues that are short most of the time.
//!
//! A queue wanders through all the room that it was given, none of which is in a cache when its turn comes. One that has become
//! empty can begin again at its first place.

use std::collections::VecDeque;

/// Takes the first of `queue`; an empty one begins again.
pub fn take_first<T>(queue: &mut VecDeque<T>) -> Option<T> {
    let first = queue.pop_front();
    if queue.is_empty() {
        queue.clear();
    }
    first
}

/// An empty queue begins again, with room for so many at most: what only a rush has needed is given back.
pub fn begin_again<T>(queue: &mut VecDeque<T>, kept: usize) {
    match queue.capacity() > kept {
        true => *queue = VecDeque::new(),
        false => queue.clear(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_queue_begins_again_where_it_began() {
        let mut queue = VecDeque::with_capacity(4);
        queue.push_back(1);
        let place: *const i32 = &raw const queue[0];
        for round in 0..10 {
            queue.push_back(round);
            assert!(take_first(&mut queue).is_some());
            match round % 2 {
                0 => assert_eq!(take_first(&mut queue), Some(round)),
                _ => {
                    assert_eq!(queue.pop_front(), Some(round));
                    begin_again(&mut queue, 4);
                }
            }
            assert_eq!(take_first(&mut queue), None);
            queue.push_back(round);
            assert!(std::ptr::eq(place, &raw const queue[0]));
        }
    }

    #[test]
    fn what_a_rush_has_needed_is_given_back() {
        let mut queue: VecDeque<u8> = (0..40).collect();
        queue.clear();
        begin_again(&mut queue, 39);
        assert_eq!(queue.capacity(), 0);
    }
}
