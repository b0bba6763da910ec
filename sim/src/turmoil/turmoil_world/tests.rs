//! Drivers that do not do their duty are found out (S47).

use swarmlab_engine::time::Time;

use crate::check::{Checked, Profile, Property, Violation};
use crate::scenario::Scenario;
use crate::world::Options;

use super::super::eyes::Broken;
use super::super::lent_store::LentStore;
use super::{CLOCK_SLACK, TurmoilWorld, blame};

const SWARM: &str = r#"
    [torrent]
    size = "256 KiB"
    piece_length = "64 KiB"
    [network]
    latency = "10 ms"
    [peers.seed]
    count = 1
    has = "all"
    up = "4 Mbit/s"
    down = "20 Mbit/s"
    [peers.leecher]
    count = 2
    up = "4 Mbit/s"
    down = "16 Mbit/s"
    [stop]
    at = "2 min"
"#;

fn world(checks: Profile) -> TurmoilWorld {
    let scenario = Scenario::parse("drivers", SWARM, &[]).unwrap();
    TurmoilWorld::new(&scenario, Options { checks, ..Options::default() }).unwrap()
}

fn violation(checked: Option<Checked>) -> Option<Violation> {
    checked.and_then(|checked| checked.violation)
}

#[test]
fn a_driver_that_ends_by_itself_breaks_s47_whoever_looks_on() {
    for checks in [Profile::Off, Profile::Strict] {
        let world = world(checks);
        {
            let swarm = &mut world.watched.books().swarm;
            let store = swarm.first_store(2);
            swarm.peers[2].disk = Some(LentStore::breaking(store));
        }
        let outcome = world.run(&mut ());
        assert_eq!(outcome.facts.stop_reason, crate::world::VIOLATED);
        let violation = violation(outcome.checked).expect("its first block is its last");
        assert_eq!((violation.property.id, &*violation.peers), ("S47", &[2][..]), "{violation}");
    }
}

#[test]
fn what_came_of_a_broken_driver_is_not_taken_for_the_cause() {
    let at = Time::from_secs(9);
    let blamed = |earlier: Option<Time>| {
        let (property, peers) = (Property::of("S9"), vec![0]);
        let violation =
            earlier.map(|at| Violation { property, at, peers, what: String::new(), wire: Vec::new() });
        let mut checked = Checked { violation, ..Checked::default() };
        blame(&mut checked, Broken { at, peer: 1, what: "it did not stop".into() });
        checked.violation.map(|violation| violation.property.id)
    };
    let before = |nanos: u64| Time::from_nanos(at.as_nanos() - CLOCK_SLACK.as_nanos() as u64 - nanos);
    assert_eq!(blamed(None), Some("S47"));
    assert_eq!(blamed(Some(before(0))), Some("S47"));
    assert_eq!(blamed(Some(before(1))), Some("S9"));
}
