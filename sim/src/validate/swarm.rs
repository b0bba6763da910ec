//! Runs a scenario of the experiments, and takes from its outcome what many of them measure.

use crate::results::{Summary, Tables};
use crate::scenario::{Scenario, StopWhen};
use crate::world::{self, Options, Status, Watch};

use super::experiment::{Arm, Measured, ScenarioText};

/// What a run left behind.
pub struct Swarm {
    /// Its figures.
    pub summary: Summary,
    /// Its tables.
    pub tables: Tables,
}

impl Swarm {
    /// The uplinks of those who started with everything, together.
    pub fn seed_up_bits_per_s(&self) -> f64 {
        self.tables.peers.iter().filter(|peer| peer.is_seed()).map(|seed| seed.up_bits_per_s as f64).sum()
    }

    /// Payload over the rate of the uplinks present, from the start until then: of those who started with everything,
    /// and of all others. Both stay below 95.3 %, what headers leave of a link.
    pub fn uplinks_used(&self, until_s: f64) -> UplinksUsed {
        let seed_up = self.seed_up_bits_per_s();
        let mut bits = [0.0; 4];
        for pair in self.tables.timeline.windows(2).take_while(|pair| pair[1].time_s <= until_s) {
            let (row, span_s) = (&pair[1], pair[1].time_s - pair[0].time_s);
            let seeds = row.seed_up_bits_per_s;
            let others = [row.up_bits_per_s - seeds, (row.capacity_up_bits_per_s - seed_up).max(0.0)];
            for (sum, rate) in bits.iter_mut().zip([seeds, seed_up, others[0], others[1]]) {
                *sum += rate * span_s;
            }
        }
        let share = |sent: f64, capacity: f64| (capacity > 0.0).then(|| sent / capacity);
        UplinksUsed {
            all: share(bits[0] + bits[2], bits[1] + bits[3]),
            seeds: share(bits[0], bits[1]),
            leechers: share(bits[2], bits[3]),
        }
    }
}

/// Shares of uplinks; none where there was none.
pub struct UplinksUsed {
    /// Of everybody.
    pub all: Option<f64>,
    /// Of those who started with everything, and stay to the end.
    pub seeds: Option<f64>,
    /// Of all others.
    pub leechers: Option<f64>,
}

/// One run for each seed, with `overrides` laid over the scenario.
pub fn arm(
    name: impl Into<String>,
    text: ScenarioText,
    overrides: Vec<String>,
    cost_s: f64,
    measure: impl Fn(&Swarm) -> Measured + Send + Sync + 'static,
) -> Arm {
    let laid_over = overrides.clone();
    let run = move |seed: u64, watch: &mut dyn Watch| {
        let swarm = simulate(text, &laid_over, seed, watch)?;
        let digest = swarm.summary.facts.digest.clone();
        Some(Measured { digest, ..measure(&swarm) })
    };
    Arm { name: name.into(), overrides, cost_s, seeds_max: u32::MAX, run: Box::new(run) }
}

fn simulate(text: ScenarioText, overrides: &[String], seed: u64, watch: &mut dyn Watch) -> Option<Swarm> {
    let mut overrides = overrides.to_vec();
    overrides.push(format!("seed={seed}"));
    let scenario = scenario(text, &overrides);
    let limit_s = (scenario.stop.when == StopWhen::Never).then_some(scenario.stop.at.as_secs_f64());
    let mut watch = Clocked { watch, limit_s };
    let outcome =
        world::run(&scenario, Options::default(), &mut watch).expect("an experiment's scenario runs");
    if outcome.facts.stop_reason == "interrupted" {
        return None;
    }
    let summary = Summary::new(outcome.facts, &outcome.tables.peers);
    Some(Swarm { summary, tables: outcome.tables })
}

/// The scenario with these values.
///
/// # Panics
/// If it has a mistake: it is part of the program.
pub fn scenario(text: ScenarioText, overrides: &[String]) -> Scenario {
    Scenario::parse(text.name, text.text, overrides).unwrap_or_else(|error| panic!("{error}"))
}

/// The question with which a scenario opens.
pub fn question(text: ScenarioText) -> String {
    scenario(text, &[]).question.expect("an experiment's scenario asks a question")
}

/// A run that only the clock ends is as far as its clock.
struct Clocked<'a> {
    watch: &'a mut dyn Watch,
    limit_s: Option<f64>,
}

impl Watch for Clocked<'_> {
    fn status(&mut self, status: Status) -> bool {
        let progress = self.limit_s.map_or(status.progress, |limit_s| status.simulated_s / limit_s);
        self.watch.status(Status { progress, ..status })
    }
}

/// An override of one value.
pub fn set(path: &str, value: impl std::fmt::Display) -> String {
    format!("{path}={value}")
}
