//! Who comes when, over which link, and with what.
//!
//! Every group draws from generators of its own, one for each purpose, so that a change of one changes no other.

mod arrivals;
mod holdings;
mod places;
mod shares;
mod spans;
#[cfg(test)]
mod tests;

use rand::seq::SliceRandom;
use swarmlab_engine::time::Time;

use crate::network::Place;
use crate::scenario::{LinkSpec, Scenario};

use super::draws::generator;

pub use holdings::first_pieces;
pub use shares::{share_of, some_of};
pub use spans::draw;

/// One peer of the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Newcomer {
    /// The group that it belongs to.
    pub group: usize,
    /// When it joins.
    pub joins: Time,
    /// Its own link.
    pub link: LinkSpec,
    /// Where it is.
    pub place: Place,
    /// Whether others can connect to it.
    pub takes_inbound: bool,
}

/// All peers of the scenario in the order of groups, and of their coming; their numbers are their places.
pub fn population(scenario: &Scenario) -> Vec<Newcomer> {
    let mut peers = Vec::new();
    for (number, group) in scenario.groups.iter().enumerate() {
        let rng = |purpose: &[u8]| generator(scenario.seed, purpose, number as u64);
        let mut links = group.access.links(group.count);
        links.shuffle(&mut rng(b"access"));
        let reachable = shares::marked(group.count, group.reachable, &mut rng(b"reachable"));
        let places = places::places(scenario, group, &mut rng(b"place"));
        let hosts =
            arrivals::arrivals(group, &mut rng(b"arrival")).into_iter().zip(links).zip(reachable).zip(places);
        peers.extend(hosts.map(|(((joins, link), takes_inbound), place)| Newcomer {
            group: number,
            joins,
            link,
            place,
            takes_inbound,
        }));
    }
    peers
}
