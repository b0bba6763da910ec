//! S42: a sender that learns of a loss slows down.
//!
//! A congestion window is ten packets at first (RFC 6928). It grows by no more than what is acknowledged (RFC 5681, section
//! 3.1). When the sender learns that something was lost, it falls to seven tenths of itself (RFC 9438, section 4.6), though
//! not below two packets, and so it does once for all that was under way then; when its timer runs out it is a packet at
//! most. No more is in flight than the window, to the nearest segment, but for a segment that is alone. What is in flight,
//! and which loss is a new one, is counted here.

#[cfg(test)]
mod tests;

use crate::network::{EndId, NetworkConfig, Pace, PaceStep};

use super::Circumstances;
use super::judge::{Bench, Judge};

const PACKET_BYTES: u32 = NetworkConfig::MSS_BYTES;
/// RFC 6928.
const WINDOW_FIRST: u32 = 10 * PACKET_BYTES;
/// What a loss leaves at least (RFC 5681, section 3.1).
const WINDOW_MIN: u32 = 2 * PACKET_BYTES;

/// Follows the window of every sender.
#[derive(Default)]
pub struct Pacing {
    /// By the number of the end, which others get when it is gone.
    books: Vec<Option<Book>>,
}

/// What one sender has done.
#[derive(Clone, Copy, Debug)]
struct Book {
    end: EndId,
    window: u32,
    /// Bytes that it takes for being in flight.
    in_flight: u32,
    /// Segments that have left since it was idle.
    departures: u32,
    /// The departure before which a loss was under way when the sender last slowed down.
    answered_before: u32,
}

impl Judge for Pacing {
    fn see(&mut self, _: &mut Bench<'_>, _: u32, _: &super::Seen<'_>) {}

    fn step(&mut self, bench: &mut Bench<'_>, circumstances: &Circumstances<'_>) {
        for pace in circumstances.network.pace() {
            if let Err(what) = self.book(pace.end).take(pace) {
                let peers = bench.setting.hosts.iter().position(|host| *host == pace.host);
                bench.violated("S42", peers.map(|peer| peer as u32), what, []);
            }
        }
    }
}

impl Pacing {
    fn book(&mut self, end: EndId) -> &mut Book {
        let place = end.index();
        if self.books.len() <= place {
            self.books.resize(place + 1, None);
        }
        let book = self.books[place].get_or_insert(Book::new(end));
        if book.end != end {
            *book = Book::new(end);
        }
        book
    }
}

impl Book {
    fn new(end: EndId) -> Book {
        Book { end, window: WINDOW_FIRST, in_flight: 0, departures: 0, answered_before: 0 }
    }

    /// Takes a step down. The error says why it is not to be.
    fn take(&mut self, pace: &Pace) -> Result<(), String> {
        let before = *self;
        let (allowed, why) = match pace.step {
            PaceStep::Sent { number, bytes } => {
                if number == 0 {
                    (self.in_flight, self.answered_before) = (0, 0);
                }
                self.is_allowed(bytes, pace.window)?;
                self.departures = number + 1;
                self.in_flight += bytes;
                (before.window, "though nothing was acknowledged")
            }
            PaceStep::Acknowledged { bytes } => {
                self.leaves(bytes)?;
                (before.window.saturating_add(bytes), "which is more than what was acknowledged")
            }
            PaceStep::Lost { number, bytes } => {
                self.leaves(bytes)?;
                if number >= before.answered_before {
                    self.answered_before = self.departures;
                    (seven_tenths(before.window).max(WINDOW_MIN), "though a loss was learnt of")
                } else {
                    (before.window, "though nothing was acknowledged")
                }
            }
            PaceStep::TimedOut { bytes } => {
                self.leaves(bytes)?;
                self.answered_before = self.departures;
                (PACKET_BYTES, "though the timer ran out")
            }
        };
        self.window = pace.window;
        if pace.window <= allowed {
            return Ok(());
        }
        let (end, from, to) = (pace.end, before.window, pace.window);
        Err(format!("{:?} at {end:?} took the window from {from} to {to} bytes, {why}", pace.step))
    }

    /// The window is rounded to whole segments, up or down; one that is alone always goes, if it fits the window or is no
    /// more than a packet.
    fn is_allowed(&self, bytes: u32, window: u32) -> Result<(), String> {
        let is_allowed = match self.in_flight {
            0 => bytes <= window.max(PACKET_BYTES),
            in_flight => bytes == 0 || in_flight + bytes.div_ceil(2) <= window,
        };
        if is_allowed {
            return Ok(());
        }
        let (end, in_flight) = (self.end, self.in_flight);
        Err(format!("{bytes} bytes left {end:?} with {in_flight} in flight and a window of {window}"))
    }

    /// So much is no more in flight.
    fn leaves(&mut self, bytes: u32) -> Result<(), String> {
        let left = self.in_flight.checked_sub(bytes);
        self.in_flight = left.unwrap_or(0);
        match left {
            Some(_) => Ok(()),
            None => Err(format!("{bytes} bytes are heard of at {:?}, more than are in flight", self.end)),
        }
    }
}

/// β of CUBIC.
fn seven_tenths(window: u32) -> u32 {
    (u64::from(window) * 7 / 10) as u32
}
