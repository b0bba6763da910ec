//! Where the hosts of a group are.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::network::{Latency, Place};
use crate::scenario::{Group, Scenario};

/// A place for each host, as far as the scenario's latency asks for one.
pub fn places(scenario: &Scenario, group: &Group, rng: &mut Xoshiro256PlusPlus) -> Vec<Place> {
    (0..group.count).map(|_| place(scenario, group, rng)).collect()
}

fn place(scenario: &Scenario, group: &Group, rng: &mut Xoshiro256PlusPlus) -> Place {
    match &scenario.network.latency {
        Latency::Regions(_) => group.region.map_or(Place::Anywhere, |region| Place::Region(region.index())),
        Latency::Plane { floor } => {
            let mut within = || floor.mul_f64(rng.random());
            Place::Point { x: within(), y: within() }
        }
        // Of a matrix the network takes any row.
        _ => Place::Anywhere,
    }
}
