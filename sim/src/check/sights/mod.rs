//! Who keeps count of what a long search must see. They judge nothing.

mod faults;
mod pieces;
mod requests;
mod torrents;

use super::swarm::Watcher;

/// Those who count.
pub fn counters() -> Vec<Box<dyn Watcher>> {
    vec![
        Box::new(torrents::Torrents::default()),
        Box::new(requests::Requests::default()),
        Box::new(pieces::Pieces::default()),
        Box::new(faults::Faults),
    ]
}
