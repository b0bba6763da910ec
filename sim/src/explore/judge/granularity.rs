//! The same swarm in single packets: another course, but every property holds on it too.
//!
//! Segments travel in units of many packets, since that is fast. Nothing that must hold may depend on it.

use crate::network::NetworkConfig;
use crate::scenario::Scenario;
use crate::world::Outcome;
use crate::worlds::World;

use super::{STRICT, run};
use crate::check::Violation;

/// What does not hold where packets travel one by one.
pub fn found(scenario: &Scenario) -> Option<Violation> {
    let violation = match run(World::Event, &finer(scenario)?, STRICT) {
        Ok(Outcome { checked, .. }) => checked?.violation?,
        Err(violation) => violation,
    };
    let what = format!("with packets one by one {} does not hold: {}", violation.property, violation.what);
    Some(Violation { what, ..super::violation("S31", violation.at, String::new()) })
}

/// The scenario in single packets; `None` if it is.
fn finer(scenario: &Scenario) -> Option<Scenario> {
    let mut finer = scenario.clone();
    finer.network.unit_bytes = NetworkConfig::MSS_BYTES;
    (finer != *scenario).then_some(finer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::draw;

    #[test]
    fn what_travels_in_units_is_tried_in_packets_too() {
        let drawn = (1..).map(draw).find(|scenario| scenario.network.unit_bytes > NetworkConfig::MSS_BYTES);
        let finer = finer(&drawn.unwrap()).unwrap();
        assert_eq!(finer.network.unit_bytes, NetworkConfig::MSS_BYTES);
        assert_eq!(super::finer(&finer), None);
        assert_eq!(found(&finer), None);
    }
}
