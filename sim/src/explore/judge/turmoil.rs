//! A scenario in the turmoil world.

use crate::scenario::Scenario;
use crate::worlds::World;

use super::{Judgement, STRICT, run, same_course};

/// Runs it with every check that this world has, and reads back what everybody holds. What this world can't do is no
/// violation: whoever shrinks may come to ask for it.
pub fn judge(scenario: &Scenario, differential: bool) -> Judgement {
    if !World::Turmoil.refusals(scenario).is_empty() {
        return Judgement::default();
    }
    let outcome = match run(World::Turmoil, scenario, STRICT) {
        Ok(outcome) => outcome,
        Err(violation) => return Judgement::without_end(violation),
    };
    let violation = outcome.checked.as_ref().and_then(|checked| checked.violation.clone());
    let violation = violation.or_else(|| same_course::wrong_bytes(&outcome));
    let violation = match differential && violation.is_none() {
        true => same_course::found(World::Turmoil, scenario, &outcome),
        false => violation,
    };
    Judgement::new(&outcome, violation)
}
