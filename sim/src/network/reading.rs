//! Applications that stop reading: what arrives stays in the receive buffer, and the window closes.

use std::collections::VecDeque;

use super::event::{CloseReason, NetworkEvent, Notice};
use super::flight::Flight;
use super::stream::{EndId, EndState, Stream};
use super::tap::What;
use super::verbs::Network;
use crate::event_queue::EventQueue;

impl Network {
    /// The application at `end` reads nothing any more: no `Received` and no `Closed` in order until
    /// [`resume_reading`](Network::resume_reading). The other side can send until the receive window is full.
    pub fn pause_reading(&mut self, end: EndId) {
        if let Some(stream) = self.streams.get_mut(end) {
            stream.is_paused[end.side()] = true;
        }
    }

    /// The application at `end` reads again: it gets what waits for it, and the other side learns of the room.
    pub fn resume_reading<E: Copy + From<NetworkEvent>>(&mut self, queue: &mut EventQueue<E>, end: EndId) {
        let Some(stream) = self.streams.get_mut(end) else { return };
        if !std::mem::take(&mut stream.is_paused[end.side()]) {
            return;
        }
        let sender = end.peer();
        let Some(ack_at) = self.ack_at(queue.now(), sender) else { return };
        if let Some((stream, flight)) = self.streams.flight_mut(sender)
            && let Some(unread) = flight.read_all(ack_at)
        {
            hand_over(&mut self.notices, stream, flight, end, unread.bytes);
            let answer = if unread.finished { What::End } else { What::Acknowledgement(None) };
            self.tap_bare(queue.now(), end, answer);
            self.arm_wake(queue, sender);
            if unread.finished {
                self.tell(end, |host| Notice::Closed { host, end, reason: CloseReason::Finished });
            }
            self.let_fade(sender);
        }
    }
}

/// Gives the application at `end`, if there is one, the next `bytes` that were sent to it.
pub(super) fn hand_over(
    notices: &mut VecDeque<Notice>,
    stream: &Stream,
    flight: &mut Flight,
    end: EndId,
    bytes: u32,
) {
    flight.delivered += u64::from(bytes);
    let (host, is_open) = (stream.hosts[end.side()], stream.ends[end.side()] == EndState::Open);
    let mut left = bytes;
    while left > 0
        && let Some(data) = flight.take(left)
    {
        left -= data.len() as u32;
        if is_open {
            notices.push_back(Notice::Received { host, end, data });
        }
    }
}
