//! Where the hosts of a group are.

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::network::Place;
use crate::scenario::{Group, LatencySpec, Scenario};

/// A place for each host, as far as the scenario's latency asks for one.
pub fn places(scenario: &Scenario, group: &Group, rng: &mut Xoshiro256PlusPlus) -> Vec<Place> {
    (0..group.count).map(|_| place(&scenario.network.latency, group, rng)).collect()
}

fn place(latency: &LatencySpec, group: &Group, rng: &mut Xoshiro256PlusPlus) -> Place {
    match latency {
        LatencySpec::Regions => group.region.map_or(Place::Anywhere, |region| Place::Region(region.index())),
        LatencySpec::Plane { side, .. } => {
            let mut within = || side.mul_f64(rng.random());
            Place::Point { x: within(), y: within() }
        }
        // Of a matrix the network takes any row for each host.
        LatencySpec::Matrix { .. }
        | LatencySpec::Constant(_)
        | LatencySpec::Uniform { .. }
        | LatencySpec::LogNormal { .. }
        | LatencySpec::Measured(_) => Place::Anywhere,
    }
}
