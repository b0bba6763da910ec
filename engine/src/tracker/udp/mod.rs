//! Trackers over UDP (BEP 15): what is in the datagrams, for both sides.
//!
//! A client first asks for a connection id, which proves that it is where it says it is, and then announces or scrapes
//! under it. Datagrams may be longer than they have to be, since the protocol grows at the end; what lies beyond what
//! is known is left alone. Which answer belongs to which request, and what to do when none comes, is decided by whoever
//! sends: the session on one side, [`TrackerServer`](super::TrackerServer) on the other.

mod answer;
mod options;
mod request;

pub use answer::{Answer, Said};
pub use request::{Request, Wants};

use std::time::Duration;

/// What a client writes where later the connection id stands.
pub const PROTOCOL_ID: u64 = 0x0417_2710_1980;
/// How long a client uses a connection id that it was given.
pub const CONNECTION_ID_LIFE: Duration = Duration::from_secs(60);

/// Which kind of request or answer a datagram is.
mod action {
    pub const CONNECT: u32 = 0;
    pub const ANNOUNCE: u32 = 1;
    pub const SCRAPE: u32 = 2;
    pub const ERROR: u32 = 3;
}

/// Patience with a request that was sent again `times` times: 15 · 2ⁿ s, where n is not counted beyond 8.
pub fn patience(times: u32) -> Duration {
    const TIMES_MAX: u32 = 8;
    Duration::from_secs(15 << times.min(TIMES_MAX))
}

/// Takes numbers and hashes from the front.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    take(bytes).map(u32::from_be_bytes)
}

fn take_u64(bytes: &mut &[u8]) -> Option<u64> {
    take(bytes).map(u64::from_be_bytes)
}
