//! A host's access link, shared by all of its streams.
//!
//! The uplink is the event network's: while less than its queue waits in it a stream hands over at once; else it waits for
//! its turn, in the order in which streams came, until half of the queue has left. So whoever has little to say rarely waits
//! for those who have much.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Waker};
use std::time::Duration;

use swarmlab_engine::time::Time;

use crate::network::NetworkConfig;
use crate::world::rates::Pair;

use super::TICK;
use super::pipe::Pipe;

/// Tokio's timers count whole milliseconds, and one that is due then fires in the next.
const TIMER_SLACK: Duration = Duration::from_millis(2);

/// Both directions of a link.
#[derive(Debug)]
pub struct Access {
    /// What packets weigh.
    weights: NetworkConfig,
    /// What may wait for the uplink.
    queue_up_bytes: u64,
    link: Mutex<Link>,
}

#[derive(Debug)]
struct Link {
    up: Pipe,
    down: Pipe,
    /// Acknowledgements that go ahead of what is sent next, bytes.
    acks_owed: u64,
    /// Streams that wait for their turn.
    ring: VecDeque<(Ticket, Waker)>,
    tickets: u64,
}

/// A place in the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

/// What a stream hears that wants to send.
#[derive(Clone, Copy, Debug)]
pub enum Turn {
    /// It has sent: when the last byte has left.
    Now(Time),
    /// It has a place in the ring, and asks again then, or when it is woken.
    Later(Ticket, Time),
}

impl Access {
    /// A link of these rates, with so large a queue before the uplink, for streams of packets as this network has them.
    pub fn new(rates: Pair, queue_up_bytes: u64, weights: NetworkConfig) -> Access {
        let link = Link {
            up: Pipe::new(rates.up, TIMER_SLACK),
            // What arrives in the course of a tick is read at its beginning.
            down: Pipe::new(rates.down, TICK + TIMER_SLACK),
            acks_owed: 0,
            ring: VecDeque::new(),
            tickets: 0,
        };
        Access { weights, queue_up_bytes, link: Mutex::new(link) }
    }

    /// Other rates from now on.
    pub fn set_rates(&self, rates: Pair) {
        let mut link = self.link();
        link.up.set_rate(rates.up);
        link.down.set_rate(rates.down);
    }

    /// What is handed to the link at a time at most, payload in bytes.
    pub fn unit_bytes(&self) -> usize {
        self.weights.unit_bytes as usize
    }

    /// Sends payload, behind the acknowledgements owed, or waits in the ring. Whoever has no place there comes before all
    /// who have while the queue has room. Its acknowledgement comes in on the other side.
    pub fn send(&self, now: Time, bytes: usize, ticket: Option<Ticket>, cx: &Context<'_>) -> Turn {
        let mut link = self.link();
        let is_next = ticket.is_none() || link.ring.front().map(|(first, _)| *first) == ticket;
        let wait = link.up.backlog(now);
        if is_next && wait < link.up.span(self.queue_up_bytes) {
            if let Some(ticket) = ticket {
                link.leave_ring(ticket);
            }
            let acks = std::mem::take(&mut link.acks_owed);
            let bytes = bytes as u32;
            link.down.take(now, self.weights.ack_bytes(bytes));
            return Turn::Now(link.up.take(now, acks + self.weights.wire_bytes(bytes)));
        }
        let ticket = link.enter_ring(ticket, cx.waker());
        // The others are woken when they are next.
        let is_first = link.ring.front().is_some_and(|(first, _)| *first == ticket);
        let half = if is_first { link.up.span(self.queue_up_bytes) / 2 } else { Duration::ZERO };
        Turn::Later(ticket, now + wait.saturating_sub(half))
    }

    /// A stream that waited in the ring is gone.
    pub fn give_up(&self, ticket: Ticket) {
        self.link().leave_ring(ticket);
    }

    /// Takes payload that has come in: when all of it is here. Its acknowledgements go out before what is sent next; from
    /// an idle uplink they are gone at once.
    pub fn receive(&self, now: Time, bytes: usize) -> Time {
        let bytes = bytes as u32;
        let mut link = self.link();
        if !link.up.backlog(now).is_zero() {
            link.acks_owed = (link.acks_owed + self.weights.ack_bytes(bytes)).min(self.queue_up_bytes);
        }
        link.down.take(now, self.weights.wire_bytes(bytes))
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().expect("nobody panics while holding it")
    }
}

impl Link {
    fn enter_ring(&mut self, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        if let Some(place) = self.ring.iter_mut().find(|(own, _)| Some(*own) == ticket) {
            place.1.clone_from(waker);
            return place.0;
        }
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        self.ring.push_back((ticket, waker.clone()));
        ticket
    }

    /// The next in the ring learns that it is.
    fn leave_ring(&mut self, ticket: Ticket) {
        self.ring.retain(|(own, _)| *own != ticket);
        if let Some((_, next)) = self.ring.front() {
            next.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A byte in a microsecond, and a queue for four units.
    fn access() -> Access {
        let weights = NetworkConfig { unit_bytes: 1_448, ..NetworkConfig::default() };
        Access::new(Pair { up: 8_000_000, down: 8_000_000 }, 4 * (1_448 + 66), weights)
    }

    fn send(access: &Access, now: Time, ticket: Option<Ticket>) -> Turn {
        access.send(now, 1_448, ticket, &Context::from_waker(Waker::noop()))
    }

    #[test]
    fn streams_wait_in_their_order_once_the_queue_is_full() {
        let (access, now) = (access(), Time::from_secs(1));
        // The slack of two milliseconds, and four units.
        (0..6).for_each(|unit| assert!(matches!(send(&access, now, None), Turn::Now(_)), "{unit}"));
        let Turn::Later(first, at) = send(&access, now, None) else { panic!("the queue is full") };
        let Turn::Later(second, _) = send(&access, now, None) else { panic!("the queue is full") };
        assert!(matches!(send(&access, at, Some(second)), Turn::Later(again, _) if again == second));
        assert!(matches!(send(&access, at, Some(first)), Turn::Now(_)));
        assert!(matches!(send(&access, at, Some(second)), Turn::Now(_)));
    }

    #[test]
    fn whoever_comes_while_there_is_room_does_not_wait_for_the_ring() {
        let (access, now) = (access(), Time::from_secs(1));
        (0..6).for_each(|_| assert!(matches!(send(&access, now, None), Turn::Now(_))));
        let Turn::Later(_, at) = send(&access, now, None) else { panic!("the queue is full") };
        assert!(matches!(send(&access, at, None), Turn::Now(_)));
    }

    #[test]
    fn who_gives_up_its_place_holds_nobody_back() {
        let (access, now) = (access(), Time::from_secs(1));
        (0..6).for_each(|_| assert!(matches!(send(&access, now, None), Turn::Now(_))));
        let Turn::Later(first, at) = send(&access, now, None) else { panic!("the queue is full") };
        let Turn::Later(second, _) = send(&access, now, None) else { panic!("the queue is full") };
        access.give_up(first);
        assert!(matches!(send(&access, at, Some(second)), Turn::Now(_)));
    }
}
