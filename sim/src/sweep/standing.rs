//! How far a sweep has come, judged by the files that runs have left.

use std::collections::BTreeSet;

use crate::compare::Record;
use crate::results::ResultsError;

use super::manifest::Sweep;
use super::part::{self, Found};
use super::runs::SweptRun;
use super::shard::shuffled;

/// How far a sweep has come.
#[derive(Debug)]
pub struct Standing<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    runs: Vec<SweptRun<'a>>,
    found: Vec<Found>,
}

impl<'a> Standing<'a> {
    /// Looks at every run.
    ///
    /// # Errors
    /// A file is there and the system does not let it be read.
    pub fn of(sweep: &'a Sweep) -> Result<Standing<'a>, ResultsError> {
        let runs = sweep.runs();
        let found = runs.iter().map(|run| part::look(sweep, run)).collect::<Result<_, _>>()?;
        Ok(Standing { sweep, runs, found })
    }

    /// How many runs are finished.
    pub fn finished(&self) -> u32 {
        self.found.iter().filter(|found| matches!(found, Found::Finished(_))).count() as u32
    }

    /// Runs that nobody has carried out to their end.
    pub fn missing(&self) -> impl Iterator<Item = &SweptRun<'a>> {
        self.runs.iter().zip(&self.found).filter(|(_, found)| **found == Found::Missing).map(|(run, _)| run)
    }

    /// Runs whose files can't be used, each with what is wrong.
    pub fn broken(&self) -> impl Iterator<Item = (&SweptRun<'a>, &str)> {
        self.runs.iter().zip(&self.found).filter_map(|(run, found)| match found {
            Found::Broken(why) => Some((run, why.as_str())),
            Found::Finished(_) | Found::Missing => None,
        })
    }

    /// Whether all is finished.
    pub fn is_whole(&self) -> bool {
        self.finished() as usize == self.runs.len()
    }

    /// The numbers of those of so many shards that have something left to do, in ascending order.
    pub fn shards_left(&self, of: u32) -> Vec<u32> {
        let dealt = shuffled(self.runs.len() as u32).into_iter().zip((1..=of).cycle());
        let is_left = |run: u32| !matches!(self.found[run as usize], Found::Finished(_));
        let left: BTreeSet<u32> = dealt.filter(|(run, _)| is_left(*run)).map(|(_, shard)| shard).collect();
        left.into_iter().collect()
    }

    /// The runs with their figures, if all are finished.
    pub(super) fn whole(&self) -> Option<Vec<(SweptRun<'a>, &Record)>> {
        let found = self.runs.iter().zip(&self.found);
        let figures = found.map(|(run, found)| match found {
            Found::Finished(record) => Some((*run, &**record)),
            Found::Broken(_) | Found::Missing => None,
        });
        figures.collect()
    }
}
