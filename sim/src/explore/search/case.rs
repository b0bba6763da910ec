//! A finding: the scenario that shows it, and its story.

use std::ops::ControlFlow;

use crate::check::{Property, Violation};
use crate::explore::{RUNS_MAX, Shrunk, brief, draw_for, judge_in, shrink};
use crate::scenario::Scenario;
use crate::worlds::World;

use super::words::commented;
use super::{Observer, is_differential};

/// A seed that broke a property.
#[derive(Clone, Debug)]
pub struct Case {
    pub seed: u64,
    /// Where it was broken.
    pub world: World,
    /// The property's number.
    pub id: String,
    /// How it was broken; not known of a search that is taken up again.
    pub violation: Option<Violation>,
}

/// A finding as it is written.
#[derive(Clone, Debug)]
pub struct Written {
    pub case: Case,
    shrunk: Option<Shrunk>,
}

impl Case {
    /// What its files are called, without extension.
    pub fn name(&self) -> String {
        format!("{}-{}", self.seed, self.id)
    }

    /// What names the world on the command line.
    fn world_words(&self) -> &'static str {
        match self.world {
            World::Event => "",
            World::Turmoil => " --world turmoil",
        }
    }

    /// Looks for a plain scenario that shows the same.
    pub fn shrunk(mut self, shrinks: bool, observer: &dyn Observer) -> Written {
        let scenario = draw_for(self.world, self.seed);
        let is_differential = is_differential(self.seed);
        let found =
            self.violation.take().or_else(|| judge_in(self.world, &scenario, is_differential).violation);
        let Some(violation) = found.filter(|violation| violation.property.id == self.id) else {
            return Written { case: self, shrunk: None };
        };
        self.violation = Some(violation.clone());
        let world = self.world;
        // The rest of the ways is only gone where one of them has shown it.
        let is_differential = is_differential && matches!(violation.property.id, "S17" | "S31" | "panic");
        let runs_max = if shrinks { RUNS_MAX } else { 0 };
        let shrunk = shrink(&scenario, &violation, runs_max, |scenario| match observer.is_interrupted() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(judge_in(world, scenario, is_differential).violation),
        });
        Written { case: self, shrunk: Some(shrunk) }
    }
}

impl Written {
    /// The scenario file.
    pub fn scenario(&self) -> String {
        let original = draw_for(self.case.world, self.case.seed);
        let (scenario, why) = match &self.shrunk {
            Some(shrunk) => (shrunk.scenario.clone(), shrunk.violation.what.clone()),
            None => {
                (original.clone(), "it did not happen again when the seed was tried once more".to_owned())
            }
        };
        let property = Property::of(&self.case.id);
        let scenario = Scenario { name: self.case.name(), question: None, ..scenario };
        let paragraphs = [
            format!("Does {property} hold here? {} It does not: {why}.", property.says),
            format!(
                "Found by a search with seed {}, {}. Play it again: just simulate THIS_FILE{} --check strict",
                self.case.seed,
                self.history(&original, &scenario),
                self.case.world_words()
            ),
        ];
        format!("{}\n{}", commented(&paragraphs), brief(&scenario))
    }

    /// The story, for people. `file` is where the scenario is.
    pub fn story(&self, file: &str) -> String {
        let Some(shrunk) = &self.shrunk else {
            return format!(
                "{} was broken by seed {}, and not when it was tried again.\n",
                self.case.id, self.case.seed
            );
        };
        let original = draw_for(self.case.world, self.case.seed);
        let world = self.case.world_words();
        let play = match self.case.id.as_str() {
            "S31" => {
                format!(
                    "just simulate {file}{world}, with and without --check strict, --hash full, --no-metrics"
                )
            }
            "S17" => format!("just simulate {file}{world} --check strict --hash full"),
            _ => format!("just simulate {file}{world} --check strict"),
        };
        format!(
            "{}\n  found      by seed {}, {}\n  play again {play}\n",
            shrunk.violation,
            self.case.seed,
            self.history(&original, &shrunk.scenario),
        )
    }

    fn history(&self, original: &Scenario, shrunk: &Scenario) -> String {
        match &self.shrunk {
            Some(Shrunk { runs, .. })
                if original.groups != shrunk.groups || original.events != shrunk.events =>
            {
                format!("shrunk in {runs} runs from {} to {}", size(original), size(shrunk))
            }
            _ => format!("as it was drawn: {}", size(original)),
        }
    }
}

/// How large a scenario is, in words.
fn size(scenario: &Scenario) -> String {
    let hosts: u32 = scenario.groups.iter().map(|group| group.count).sum();
    let pieces = scenario.torrent.geometry().map_or(0, |geometry| geometry.piece_count);
    format!("{hosts} hosts, {pieces} pieces and {} events", scenario.events.len())
}
