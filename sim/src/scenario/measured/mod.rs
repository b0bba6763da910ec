//! What was measured in the world, under the names that scenarios call it by, each with its source.

mod access_mixes;
mod latencies;
mod regions;
mod sessions;

pub use access_mixes::{ACCESS_MIXES, AccessClass, AccessMix};
pub use latencies::{LATENCIES, MeasuredLatency};
pub use regions::{Region, SOURCE as REGIONS_SOURCE};
pub use sessions::{MeasuredSessions, SESSIONS};
