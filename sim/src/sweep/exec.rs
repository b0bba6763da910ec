//! Carries out a shard.

use std::fs;

use crate::compare::Record;
use crate::jobs::{Job, Observer, carry_out_all};
use crate::measures::MeasuredRun;
use crate::results::{ResultsError, SweptPeerRow};
use crate::world::{Pickers, Watch};

use super::error::SweepError;
use super::manifest::Sweep;
use super::part::{self, Found};
use super::runs::SweptRun;
use super::shard::Shard;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Executed {
    /// Runs of the shard.
    pub runs: u32,
    /// Those that were finished before.
    pub found: u32,
    /// Those that are finished now; fewer than there are if it was interrupted.
    pub finished: u32,
}

impl Executed {
    /// Whether all of the shard is finished.
    pub fn is_whole(&self) -> bool {
        self.finished == self.runs
    }
}

/// Carries out what is not finished of a shard, so many runs at a time. What is broken is run again. `build` is the digest of
/// this executable, `process` a name that no other process has, on any machine that sees the folder.
///
/// # Errors
/// This executable, or the files that scenarios name, are not those of the plan; a run can't begin, or can't be written.
pub fn exec(
    sweep: &Sweep,
    shard: Shard,
    build: &str,
    process: &str,
    threads: usize,
    observer: &dyn Observer,
) -> Result<Executed, SweepError> {
    sweep.can_run_here(build)?;
    // Not made with the plan: archives, such as the artifacts of CI systems, leave out empty folders.
    let folder = sweep.runs_folder();
    fs::create_dir_all(&folder).map_err(|source| ResultsError::Write { path: folder, source })?;
    let runs = sweep.runs();
    let shard = shard.runs(runs.len() as u32);
    let mut jobs = Vec::new();
    for run in shard.iter().map(|number| runs[*number as usize]) {
        if is_finished(sweep, &run)? {
            continue;
        }
        jobs.push(Job {
            what: run.to_string(),
            cost: 1.0,
            run: Box::new(move |watch: &mut dyn Watch| one(sweep, run, build, process, watch)),
        });
    }
    let order: Vec<usize> = (0..jobs.len()).collect();
    let done = carry_out_all(&jobs, &order, threads, observer)?;
    let (runs, found) = (shard.len() as u32, (shard.len() - jobs.len()) as u32);
    Ok(Executed { runs, found, finished: found + done.iter().flatten().count() as u32 })
}

fn is_finished(sweep: &Sweep, run: &SweptRun<'_>) -> Result<bool, SweepError> {
    Ok(matches!(part::look(sweep, run)?, Found::Finished(_)))
}

/// Carries out a run, if no other process has done so by now; nothing if it was interrupted.
fn one(
    sweep: &Sweep,
    run: SweptRun<'_>,
    build: &str,
    process: &str,
    watch: &mut dyn Watch,
) -> Option<Result<(), SweepError>> {
    let begun = is_finished(sweep, &run).and_then(|is_finished| match is_finished {
        true => Ok(None),
        false => Ok(Some(run.plan.run(run.variant, run.seed)?)),
    });
    let scenario = match begun {
        Ok(Some(scenario)) => scenario,
        Ok(None) => return Some(Ok(())),
        Err(error) => return Some(Err(error)),
    };
    let measured = MeasuredRun::with_peers(&Pickers::default(), &scenario, watch)?;
    Some(measured.map_err(SweepError::from).and_then(|(measured, peers)| {
        let peers: Vec<SweptPeerRow> =
            peers.into_iter().map(|peer| SweptPeerRow::new(run.number, peer)).collect();
        let record = Record::new(run.variant, run.seed, measured);
        match part::write(sweep, &run, build, process, record, &peers) {
            // Whoever finished it meanwhile, and merged, has cleared temporary files away.
            Err(_) if is_finished(sweep, &run)? => Ok(()),
            written => Ok(written?),
        }
    }))
}
