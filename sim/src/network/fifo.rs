//! What is under way through a pipe that needs to know when each thing is through: a host's downlink, a shared link.

use std::collections::VecDeque;

use swarmlab_engine::queue::take_first;
use swarmlab_engine::time::Time;

use super::datagrams::DatagramId;
use super::flight::Transit;
use super::pipe::{Pipe, Rescale};
use super::stream::EndId;

/// A pipe, and what is in it. Only the head has an event in the queue.
#[derive(Debug)]
pub(super) struct Fifo {
    pub pipe: Pipe,
    parcels: VecDeque<Parcel>,
    /// When the event comes that counts; any other is stale.
    next_at: Time,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Parcel {
    /// When its first bit is through.
    pub first_at: Time,
    /// When it is through.
    pub at: Time,
    pub cargo: Cargo,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Cargo {
    Segment {
        /// The end that sent it.
        sender: EndId,
        transit: Transit,
    },
    Datagram(DatagramId),
}

impl Fifo {
    pub fn new(pipe: Pipe) -> Fifo {
        Fifo { pipe, parcels: VecDeque::new(), next_at: Time::NEVER }
    }

    /// Puts `parcel` last: when to schedule the event, if it needs one now.
    pub fn push(&mut self, parcel: Parcel) -> Option<Time> {
        self.parcels.push_back(parcel);
        self.next_event()
    }

    /// The head, if it is through `now`, and when to schedule the next event.
    pub fn pop(&mut self, now: Time) -> Option<(Parcel, Option<Time>)> {
        if self.next_at != now {
            return None;
        }
        self.next_at = Time::NEVER;
        let parcel = take_first(&mut self.parcels)?;
        Some((parcel, self.next_event()))
    }

    /// The pipe's rate has changed: when to schedule the event, if it needs another one.
    pub fn rescale(&mut self, rescale: Rescale) -> Option<Time> {
        for parcel in &mut self.parcels {
            parcel.first_at = rescale.moment(parcel.first_at);
            parcel.at = rescale.moment(parcel.at);
        }
        self.next_at = Time::NEVER;
        self.next_event()
    }

    pub fn parcels(&self) -> impl Iterator<Item = &Parcel> {
        self.parcels.iter()
    }

    /// What must hold: nobody overtakes, and the head's event is the one that counts.
    pub fn is_sound(&self) -> bool {
        let head_at = self.parcels.front().map_or(Time::NEVER, |head| head.at);
        self.parcels.iter().is_sorted_by_key(|parcel| parcel.at) && self.next_at == head_at
    }

    fn next_event(&mut self) -> Option<Time> {
        if self.next_at != Time::NEVER {
            return None;
        }
        self.next_at = self.parcels.front()?.at;
        Some(self.next_at)
    }
}
