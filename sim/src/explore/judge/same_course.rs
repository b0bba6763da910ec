//! The same scenario, run in other ways: each must take the same course, event by event.

use swarmlab_engine::storage::Hashing;
use swarmlab_engine::time::Time;

use crate::check::{Profile, Violation};
use crate::scenario::Scenario;
use crate::world::{Options, Outcome};
use crate::worlds::World;

use super::{STRICT, run, violation};

/// How else it is run, in words.
const WAYS: [(&str, Options); 3] = [
    ("run again", STRICT),
    ("unwatched and with tables", Options { checks: Profile::Off, tables: true, ..STRICT }),
    ("hashed in full", Options { hashing: Hashing::Full, ..STRICT }),
];

/// What is different where nothing may be, or wrong where every byte was hashed. `first` has run with every check.
pub fn found(world: World, scenario: &Scenario, first: &Outcome) -> Option<Violation> {
    WAYS.iter().find_map(|(way, options)| match run(world, scenario, *options) {
        Ok(other) => difference(way, first, &other).or_else(|| wrong_bytes(&other)),
        Err(violation) => Some(violation),
    })
}

fn difference(way: &str, first: &Outcome, other: &Outcome) -> Option<Violation> {
    let course = |outcome: &Outcome| {
        format!(
            "{} after {} events, {}",
            outcome.facts.digest, outcome.facts.events, outcome.facts.stop_reason
        )
    };
    let (first_course, other_course) = (course(first), course(other));
    (first_course != other_course).then(|| {
        let what = format!("first {first_course}; {way} {other_course}");
        violation_at_the_end("S31", other, what)
    })
}

/// What somebody holds that is not the content.
pub fn wrong_bytes(other: &Outcome) -> Option<Violation> {
    let (peer, piece) = *other.audit.as_ref()?.wrong.first()?;
    let what = format!("piece {piece} of peer {peer} is held as verified, and is not the content");
    Some(Violation { peers: vec![peer], ..violation_at_the_end("S17", other, what) })
}

fn violation_at_the_end(id: &str, outcome: &Outcome, what: String) -> Violation {
    violation(id, Time::from_nanos((outcome.facts.simulated_s * 1e9) as u64), what)
}
