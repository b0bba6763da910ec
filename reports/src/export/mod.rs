//! Files for other people's tools that are written while a run goes on: a capture of its packets, and a trace of its
//! clients.
//!
//! Each export looks on as an [`Observer`](swarmlab_sim::world::Observer), so a run is the same with it and without. It
//! keeps little in memory, and stops at a [limit](Output) of bytes: what is written by then is a whole file.

mod output;
mod pcap;
mod trace;

pub use output::{Extent, Output};
pub use pcap::{CAPTURE_BYTES_MAX, Capture, PeerRanges, PeerRangesError};
pub use trace::{TRACE_BYTES_MAX, Trace};
