//! The swarm as it can be seen from outside: who is there, and what they have said to each other.
//!
//! Everything here follows from the bytes on the streams, from what the script does, and from what the clients were given;
//! of what a client says of itself only what it holds, and that something has happened to it, is believed.

mod line;
mod onlookers;
mod roster;
mod view;

pub use line::{Line, Way};
pub use onlookers::Onlookers;
pub use roster::{Resident, Roster, TORRENT};
pub use view::{Told, View, Watcher};
