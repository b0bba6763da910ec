//! Queues that are short most of the time.

use std::collections::VecDeque;

/// Takes the first of `queue`. An empty queue begins again at its first place: else it would wander through all the room that
/// a rush has given it, none of which is in a cache when its turn comes.
pub fn take_first<T>(queue: &mut VecDeque<T>) -> Option<T> {
    let first = queue.pop_front();
    if queue.is_empty() {
        queue.clear();
    }
    first
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
            assert!(take_first(&mut queue).is_some() && take_first(&mut queue) == Some(round));
            assert_eq!(take_first(&mut queue), None);
            queue.push_back(round);
            assert!(std::ptr::eq(place, &raw const queue[0]));
        }
    }
}
