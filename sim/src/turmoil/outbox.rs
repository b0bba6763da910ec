//! What a stream has taken from its client and its host's uplink has not: the socket's send buffer.
//!
//! What is said while a stream waits for its turn goes with it, as in a kernel's buffer.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

/// The bytes of one stream, from its client to its courier.
#[derive(Debug, Default)]
pub struct Outbox(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    /// The client says nothing more.
    is_closed: bool,
    /// Nothing more is carried.
    is_over: bool,
    client: Option<Waker>,
    courier: Option<Waker>,
}

impl Outbox {
    /// Whether there is room for more: less waits than `low` bytes, as with `TCP_NOTSENT_LOWAT`. No room is an error once
    /// nothing more is carried.
    pub fn poll_room(&self, low: usize, cx: &Context<'_>) -> Poll<Result<(), ()>> {
        let mut state = self.state();
        if state.is_over {
            return Poll::Ready(Err(()));
        }
        if state.bytes.len() < low {
            return Poll::Ready(Ok(()));
        }
        state.client = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Takes bytes.
    pub fn put(&self, bytes: &[u8]) {
        let mut state = self.state();
        state.bytes.extend(bytes);
        wake(&mut state.courier);
    }

    /// The client says nothing more; what it has said is still carried.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        wake(&mut state.courier);
    }

    /// Nothing more is carried.
    pub fn give_up(&self) {
        let mut state = self.state();
        state.is_over = true;
        wake(&mut state.client);
    }

    /// How many bytes there are, up to so many; none after the end.
    pub fn poll_length(&self, most: usize, cx: &Context<'_>) -> Poll<Option<usize>> {
        let mut state = self.state();
        match state.bytes.len().min(most) {
            0 if state.is_closed => Poll::Ready(None),
            0 => {
                state.courier = Some(cx.waker().clone());
                Poll::Pending
            }
            bytes => Poll::Ready(Some(bytes)),
        }
    }

    /// Gives out so many bytes.
    pub fn take(&self, bytes: usize) -> Vec<u8> {
        let mut state = self.state();
        let taken = state.bytes.drain(..bytes).collect();
        wake(&mut state.client);
        taken
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody panics while holding it")
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_below_the_mark_and_the_end_comes_after_all_bytes() {
        let (outbox, cx) = (Outbox::default(), Context::from_waker(Waker::noop()));
        assert_eq!(outbox.poll_length(10, &cx), Poll::Pending);
        assert_eq!(outbox.poll_room(4, &cx), Poll::Ready(Ok(())));
        outbox.put(b"abcdef");
        assert_eq!(outbox.poll_room(4, &cx), Poll::Pending);
        outbox.close();
        assert_eq!(outbox.poll_length(4, &cx), Poll::Ready(Some(4)));
        assert_eq!(outbox.take(4), b"abcd");
        assert_eq!(outbox.poll_room(4, &cx), Poll::Ready(Ok(())));
        assert_eq!(outbox.poll_length(4, &cx), Poll::Ready(Some(2)));
        assert_eq!(outbox.take(2), b"ef");
        assert_eq!(outbox.poll_length(4, &cx), Poll::Ready(None));
        outbox.give_up();
        assert_eq!(outbox.poll_room(4, &cx), Poll::Ready(Err(())));
    }
}
