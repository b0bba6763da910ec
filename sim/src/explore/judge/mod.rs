//! One scenario, run and judged.

mod granularity;
mod panics;
mod same_course;
mod turmoil;

use swarmlab_engine::storage::Hashing;
use swarmlab_engine::time::Time;

use crate::check::{Profile, Property, Sometimes, Violation};
use crate::scenario::Scenario;
use crate::world::{EVENTS_PER_STATUS, Options, Outcome, Status, Watch};
use crate::worlds::World;

/// A scenario of a search takes some ten thousand events; one that has not ended after so many goes round in circles.
/// Events are counted, not seconds, so that the same scenario is always judged the same.
const EVENTS_MAX: u64 = 8 << 20;

/// What became of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The first property that did not hold.
    pub violation: Option<Violation>,
    /// The digest of the run; empty where it did not come to an end.
    pub digest: String,
    /// Events of the run.
    pub events: u64,
    /// How long it took in simulated seconds.
    pub simulated_s: f64,
    /// What was seen of what a long search must see.
    pub sometimes: Sometimes,
}

/// As [`judge`], in this world. In the turmoil world the other ways are to run it again, and unwatched.
pub fn judge_in(world: World, scenario: &Scenario, differential: bool) -> Judgement {
    match world {
        World::Event => judge(scenario, differential),
        World::Turmoil => turmoil::judge(scenario, differential),
    }
}

/// Runs a scenario with every check. A panic is a violation like any other, and so is a run without end. With
/// `differential` it is then run again in other ways that must take the same course, and in single packets, where as much
/// must hold; that makes it five runs.
pub fn judge(scenario: &Scenario, differential: bool) -> Judgement {
    let outcome = match run(World::Event, scenario, STRICT) {
        Ok(outcome) => outcome,
        Err(violation) => return Judgement::without_end(violation),
    };
    let checked = outcome.checked.as_ref();
    let violation = checked.and_then(|checked| checked.violation.clone());
    let violation = match differential && violation.is_none() {
        true => same_course::found(World::Event, scenario, &outcome).or_else(|| granularity::found(scenario)),
        false => violation,
    };
    Judgement::new(&outcome, violation)
}

impl Judgement {
    fn new(outcome: &Outcome, violation: Option<Violation>) -> Judgement {
        let checked = outcome.checked.as_ref();
        Judgement {
            violation,
            digest: outcome.facts.digest.clone(),
            events: outcome.facts.events,
            simulated_s: outcome.facts.simulated_s,
            sometimes: checked.map(|checked| checked.sometimes.clone()).unwrap_or_default(),
        }
    }

    fn without_end(violation: Violation) -> Judgement {
        Judgement {
            simulated_s: violation.at.as_secs_f64(),
            violation: Some(violation),
            digest: String::new(),
            events: 0,
            sometimes: Sometimes::default(),
        }
    }
}

const STRICT: Options = Options { hashing: Hashing::Identity, tables: false, checks: Profile::Strict };

/// A run that came to an end, or why it did not.
fn run(world: World, scenario: &Scenario, options: Options) -> Result<Outcome, Violation> {
    // Runs of the turmoil world end by their own limit, which is near.
    let events_max = if world == World::Event { EVENTS_MAX } else { u64::MAX };
    let mut patience = Patience { events: 0, events_max, simulated_s: 0.0 };
    let outcome = panics::caught(|| match world.run(scenario, options, &mut patience) {
        Ok(outcome) => outcome,
        Err(error) => panic!("the run could not begin: {error}"),
    });
    match outcome {
        Ok(_) if patience.is_over() => {
            let what = format!("{EVENTS_MAX} events, and no end");
            Err(violation("L3", Time::from_nanos((patience.simulated_s * 1e9) as u64), what))
        }
        Ok(outcome) => Ok(outcome),
        // Whoever panics doesn't say when.
        Err(what) => Err(violation("panic", Time::ZERO, what)),
    }
}

fn violation(id: &str, at: Time, what: String) -> Violation {
    Violation { property: Property::of(id), at, peers: Vec::new(), what, wire: Vec::new() }
}

/// Ends a run that has no end of its own.
struct Patience {
    events: u64,
    events_max: u64,
    simulated_s: f64,
}

impl Watch for Patience {
    fn status(&mut self, status: Status) -> bool {
        self.events += EVENTS_PER_STATUS;
        self.simulated_s = status.simulated_s;
        !self.is_over()
    }
}

impl Patience {
    fn is_over(&self) -> bool {
        self.events >= self.events_max
    }
}
