//! Streams: two ends, two directions, and the table they live in.

use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use swarmlab_engine::time::Time;

use super::congestion::Congestion;
use super::flight::Flight;
use super::host::HostId;
use super::round_trip::RoundTrip;

/// One end of a stream. An id whose stream is gone is never used again (2³² streams could pass through one slot of the
/// table), and does nothing wherever it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndId {
    /// The stream's slot, twice, plus the side: 0 connected, 1 accepted.
    index: u32,
    generation: u32,
}

impl EndId {
    /// A small number that no other end has while this one lives, for side tables. Ends born later may have it again.
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// The name of an end that is none of the network's, which knows nothing of it. Each number gives another.
    pub fn elsewhere(number: u32) -> EndId {
        EndId { index: number << 1, generation: u32::MAX }
    }

    /// The other end.
    pub fn peer(self) -> EndId {
        EndId { index: self.index ^ 1, ..self }
    }

    pub(super) fn side(self) -> usize {
        self.index as usize & 1
    }

    fn slot(self) -> usize {
        self.index as usize >> 1
    }
}

/// What an arrival asks for lies in one line of the cache, what a sender asks for in another.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Stream {
    generation: u32,
    /// Whether the acceptance hasn't reached the connecting side.
    pub is_opening: bool,
    /// Attempts to connect after the first one.
    pub retries: u8,
    pub ends: [EndState; 2],
    /// Whether each end's application has stopped reading.
    pub is_paused: [bool; 2],
    /// Whether a reset is under way to the end that lives.
    pub reset_is_under_way: bool,
    /// Whether each side has sent what has not been delivered.
    pub has_sent: [bool; 2],
    pub hosts: [HostId; 2],
    flights: [Option<FlightId>; 2],
    /// What each end's owner calls it.
    pub names: [Option<Name>; 2],
    /// From each side to the other, in nanoseconds.
    latencies_nanos: [u64; 2],
    /// What each side sends.
    pub directions: [Direction; 2],
}

impl Stream {
    /// From `side` to the other.
    pub fn latency(&self, side: usize) -> Duration {
        Duration::from_nanos(self.latencies_nanos[side])
    }
}

/// What the owner of an end calls it.
pub type Name = NonZeroU64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndState {
    /// The accepting end before the attempt has arrived.
    Unborn,
    Open,
    /// Its owner is about to learn that the stream is over.
    Told,
    /// Its owner has left in order, or never was.
    Gone,
    /// Its owner was cut off: it has reset the stream, its host went down, or vanished. What arrives is lost, and is
    /// answered with a reset.
    Dead,
}

impl EndState {
    /// Whether nobody is there, nor will be.
    pub fn is_over(self) -> bool {
        matches!(self, EndState::Gone | EndState::Dead)
    }
}

/// What one direction of a stream keeps while it is idle.
#[derive(Debug)]
pub(super) struct Direction {
    /// Bytes taken from the sender's application.
    pub accepted: u64,
    /// Bytes delivered in order, to an application or to an end that has closed, by the flights before this one.
    delivered: u64,
    pub congestion: Congestion,
    pub round_trip: RoundTrip,
    /// When the last flight ended.
    pub idle_since: Time,
}

impl Direction {
    fn new(now: Time, round_trip: Duration, mss: u32) -> Direction {
        Direction {
            accepted: 0,
            delivered: 0,
            congestion: Congestion::new(mss),
            round_trip: RoundTrip::new(round_trip),
            idle_since: now,
        }
    }
}

/// A place in the table of flights, counted from one so that its absence costs nothing.
#[derive(Clone, Copy, Debug)]
struct FlightId(NonZeroU32);

impl FlightId {
    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// All streams and flights.
#[derive(Debug, Default)]
pub(super) struct Streams {
    slots: Vec<Stream>,
    /// Where the ends of each stream stand in their hosts' lists.
    places: Vec<[u32; 2]>,
    vacant: Vec<u32>,
    flights: Vec<Flight>,
    spare: Vec<FlightId>,
}

impl Streams {
    /// Makes the tables large enough for so many streams at once, both directions busy.
    pub fn reserve(&mut self, streams: usize) {
        self.slots.reserve_exact(streams);
        self.places.reserve_exact(streams);
        self.flights.reserve_exact(2 * streams);
    }

    /// A new stream; the id of its connecting end.
    pub fn open(&mut self, now: Time, hosts: [HostId; 2], latencies: [Duration; 2], mss: u32) -> EndId {
        let slot = self.vacant.pop();
        let generation = slot.map_or(0, |slot| self.slots[slot as usize].generation);
        let round_trip = latencies[0] + latencies[1];
        let stream = Stream {
            generation,
            is_opening: true,
            retries: 0,
            reset_is_under_way: false,
            ends: [EndState::Open, EndState::Unborn],
            is_paused: [false; 2],
            has_sent: [false; 2],
            hosts,
            flights: [None; 2],
            names: [None; 2],
            latencies_nanos: latencies.map(|latency| latency.as_nanos() as u64),
            directions: [Direction::new(now, round_trip, mss), Direction::new(now, round_trip, mss)],
        };
        let slot = match slot {
            Some(slot) => {
                self.slots[slot as usize] = stream;
                slot
            }
            None => {
                assert!(self.slots.len() < 1 << 31, "2³¹ streams at once");
                self.slots.push(stream);
                self.places.push([0; 2]);
                self.slots.len() as u32 - 1
            }
        };
        EndId { index: slot << 1, generation }
    }

    /// Forgets the stream of `end`. Ids of it are stale from now on.
    pub fn free(&mut self, end: EndId) {
        self.release_flight(end);
        self.release_flight(end.peer());
        let slot = end.slot();
        self.slots[slot].generation = end.generation.wrapping_add(1);
        self.vacant.push(slot as u32);
    }

    /// The stream of `end`, unless it is gone.
    pub fn get(&self, end: EndId) -> Option<&Stream> {
        self.slots.get(end.slot()).filter(|stream| stream.generation == end.generation)
    }

    /// The same, to change.
    pub fn get_mut(&mut self, end: EndId) -> Option<&mut Stream> {
        self.slots.get_mut(end.slot()).filter(|stream| stream.generation == end.generation)
    }

    /// What `end` sends, unless that is nothing.
    pub fn flight(&self, end: EndId) -> Option<&Flight> {
        let flight = self.get(end)?.flights[end.side()]?;
        Some(&self.flights[flight.index()])
    }

    /// What `end` sends, with its stream, unless that is nothing.
    pub fn flight_mut(&mut self, end: EndId) -> Option<(&mut Stream, &mut Flight)> {
        let stream = self.slots.get_mut(end.slot()).filter(|stream| stream.generation == end.generation)?;
        let flight = stream.flights[end.side()]?;
        Some((stream, &mut self.flights[flight.index()]))
    }

    /// Gives the direction that starts at `end` a flight if it has none: whether it had none.
    pub fn acquire_flight(&mut self, end: EndId) -> bool {
        let flight = &mut self.slots[end.slot()].flights[end.side()];
        if flight.is_some() {
            return false;
        }
        *flight = self.spare.pop().or_else(|| {
            self.flights.push(Flight::default());
            NonZeroU32::new(self.flights.len() as u32).map(FlightId)
        });
        true
    }

    /// Drops whatever `end` has sent or would send.
    pub fn release_flight(&mut self, end: EndId) {
        let (stream, side) = (&mut self.slots[end.slot()], end.side());
        if let Some(id) = stream.flights[side].take() {
            let flight = &mut self.flights[id.index()];
            stream.directions[side].delivered += flight.delivered;
            stream.has_sent[side] = false;
            flight.clear();
            self.spare.push(id);
        }
    }

    /// Bytes sent from `end` that were delivered in order.
    pub fn delivered(&self, end: EndId) -> u64 {
        let before = self.get(end).map_or(0, |stream| stream.directions[end.side()].delivered);
        before + self.flight(end).map_or(0, |flight| flight.delivered)
    }

    /// Where `end` stands in its host's list.
    pub fn place(&self, end: EndId) -> usize {
        self.places[end.slot()][end.side()] as usize
    }

    /// `end` stands there now.
    pub fn note_place(&mut self, end: EndId, place: usize) {
        self.places[end.slot()][end.side()] = place as u32;
    }

    /// The connecting ends of all streams.
    pub fn iter(&self) -> impl Iterator<Item = EndId> {
        let mut vacant = vec![false; self.slots.len()];
        for &slot in &self.vacant {
            vacant[slot as usize] = true;
        }
        let live = self.slots.iter().enumerate().filter(move |&(slot, _)| !vacant[slot]);
        live.map(|(slot, stream)| EndId { index: (slot as u32) << 1, generation: stream.generation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_lies_in_three_lines() {
        assert_eq!(size_of::<Stream>(), 3 * 64);
        assert_eq!(std::mem::offset_of!(Stream, directions), 64);
        assert_eq!(size_of::<Direction>(), 64);
    }
}
