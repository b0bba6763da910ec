//! What was measured in the world, under the names that scenarios call it by, each with its source.

mod access_mixes;
mod latencies;
mod regions;
mod sessions;

pub use access_mixes::{AccessClass, AccessMix};
pub use regions::Region;
