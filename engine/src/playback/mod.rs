//! Watching content while it is fetched: when a player could begin, when it would have to wait, and what it needs next.
//!
//! Owns a model of a player, without a picture and a sound: content is played in order at a steady rate, and what has not
//! been verified can't be played. It needs no timer: between two pieces nothing happens that does not follow from the time
//! that has gone by. Reads nothing and asks for nothing; a [picker](crate::picker) may look at the [`Playhead`].

mod player;
#[cfg(test)]
mod tests;
mod viewing;

use std::time::Duration;

pub use player::Player;
pub use viewing::Viewing;

/// How content is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playback {
    /// The content's rate, bit/s; over zero.
    pub bits_per_s: u64,
    /// Content that must be there before it begins, in playing time; all of it if it is shorter.
    pub start_after: Duration,
    /// Content that must be there before it goes on after a stall, in playing time.
    pub rebuffer: Duration,
    /// What is played within this time counts as wanted soon.
    pub window: Duration,
}

/// What the player needs soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playhead {
    /// The piece that is being played, or that will be next.
    pub piece: u32,
    /// So many pieces, this one included, are played within the window; at least one.
    pub window: u32,
}
