//! The figures of one run.

use std::collections::BTreeMap;

use crate::results::{PeerRow, Summary, quantile};
use crate::scenario::Scenario;
use crate::world::{self, Options, Pickers, Watch, WorldError};

use super::measure::{MEASURES, Measure};

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredRun {
    /// The digest of its events.
    pub digest: String,
    /// Every measure by name.
    pub measures: BTreeMap<String, Option<f64>>,
    /// The least time in which it could have been done, if that applies, seconds.
    pub bound_s: Option<f64>,
    /// The times, seconds from arrival, after which 0, 1, … 100 % of those who completed were complete.
    pub curve_s: Vec<f64>,
}

impl MeasuredRun {
    /// Runs the scenario with its seed and these pickers; nothing, if `watch` has ended it.
    ///
    /// # Errors
    /// A file that the scenario names can't be used.
    pub fn of(
        pickers: &Pickers,
        scenario: &Scenario,
        watch: &mut dyn Watch,
    ) -> Option<Result<MeasuredRun, WorldError>> {
        Some(MeasuredRun::with_peers(pickers, scenario, watch)?.map(|(run, _)| run))
    }

    /// As [`MeasuredRun::of`], with the table of its peers.
    ///
    /// # Errors
    /// As for [`MeasuredRun::of`].
    pub fn with_peers(
        pickers: &Pickers,
        scenario: &Scenario,
        watch: &mut dyn Watch,
    ) -> Option<Result<(MeasuredRun, Vec<PeerRow>), WorldError>> {
        let options = Options { tables: false, ..Options::default() };
        let outcome = match world::run_with(pickers, scenario, options, watch) {
            Ok(outcome) => outcome,
            Err(error) => return Some(Err(error)),
        };
        if outcome.facts.stop_reason == "interrupted" {
            return None;
        }
        let leechers = outcome.tables.peers.iter().filter(|peer| peer.is_leecher());
        let mut durations_s: Vec<f64> = leechers.filter_map(PeerRow::completion_s).collect();
        durations_s.sort_by(f64::total_cmp);
        let summary = Summary::new(outcome.facts, &outcome.tables.peers);
        let named = |measure: &Measure| (measure.name.to_owned(), (measure.of)(&summary));
        let run = MeasuredRun {
            digest: summary.facts.digest.clone(),
            measures: MEASURES.iter().map(named).collect(),
            bound_s: summary.t_min_s.filter(|_| summary.t_min_applies),
            curve_s: (0..=100)
                .filter_map(|percent| quantile(&durations_s, f64::from(percent) / 100.0))
                .collect(),
        };
        Some(Ok((run, outcome.tables.peers)))
    }
}
