//! The experiments: one file each, with set-up, sweep, measures, expectations and tolerances.

mod clustering;
mod fluid;
mod minimum_time;
mod one_club;
mod picker_gap;
mod rarest_pieces;
mod slots;
mod strategic;
mod streams;
mod super_seeding;
mod uplink_utilisation;

use super::experiment::Experiment;

/// All that can be run, in the order of their numbers.
pub fn all() -> Vec<Experiment> {
    vec![
        minimum_time::experiment(),
        slots::experiment(),
        fluid::experiment(),
        one_club::experiment(),
        uplink_utilisation::experiment(),
        picker_gap::experiment(),
        rarest_pieces::experiment(),
        clustering::experiment(),
        super_seeding::experiment(),
        strategic::experiment(),
        streams::experiment(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::experiment::Size;
    use super::super::swarm;
    use super::*;

    #[test]
    fn every_case_has_a_scenario_without_mistakes_and_a_name_of_its_own() {
        for experiment in all() {
            assert!(experiment.question.ends_with('?'), "{}", experiment.id);
            for size in [Size::Short, Size::Normal, Size::Full] {
                let arms = (experiment.arms)(size);
                assert!(!arms.is_empty(), "{}", experiment.id);
                for (index, arm) in arms.iter().enumerate() {
                    assert!(arms[..index].iter().all(|other| other.name != arm.name), "{}", arm.name);
                    if let Some(file) = experiment.scenario {
                        swarm::scenario(file, &arm.overrides);
                    }
                }
            }
        }
    }
}
