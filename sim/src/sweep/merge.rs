//! Puts the runs of a finished sweep together.

use std::fs;
use std::path::Path;

use parquet::errors::ParquetError;
use serde::Serialize;

use crate::compare::{Comparison, Plan, Record};
use crate::results::{
    ResultsError, SweptPeerRow, SweptRunRow, TEMPORARY, Table, TableWriter, into_io, replace_durably,
};

use super::manifest::Sweep;
use super::part;
use super::runs::SweptRun;
use super::standing::Standing;

/// Rows that are encoded together: what is in memory at a time, whatever the number of runs is.
const GROUP_ROWS: usize = 1 << 16;

/// A sweep of which every run is finished.
#[derive(Debug)]
pub struct Merging<'a> {
    sweep: &'a Sweep,
    runs: Vec<(SweptRun<'a>, &'a Record)>,
}

/// What was merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// Rows of the table of runs.
    pub runs: u64,
    /// Rows of the table of peers.
    pub peers: u64,
}

impl<'a> Merging<'a> {
    /// Nothing, if anything is missing or broken.
    pub fn of(standing: &'a Standing<'a>) -> Option<Merging<'a>> {
        Some(Merging { sweep: standing.sweep, runs: standing.whole()? })
    }

    /// A comparison for each scenario that has variants, as `swarmlab compare` makes it of the same runs; but for what they
    /// cost, which would differ from merge to merge.
    pub fn comparisons(&self) -> Vec<Comparison> {
        let with_variants = self.sweep.manifest().planned.plans.iter().filter(|plan| plan.variants.len() > 1);
        let comparison = |plan: &Plan| {
            let of_plan = self.runs.iter().filter(|(run, _)| run.plan.scenario == plan.scenario);
            Comparison::new(plan, of_plan.map(|(_, record)| (*record).clone()).collect(), false)
        };
        with_variants.map(comparison).collect()
    }

    /// Writes the tables `peers.parquet` and `runs.parquet` into `out`, which must be there; the latter is written last. The
    /// same sweep gives the same bytes, whoever carried out what, and in which order. Files that processes left when they were
    /// killed are cleared away: nobody needs them any more.
    ///
    /// # Errors
    /// A run's table can't be read any more, or one of these can't be written.
    pub fn write_tables(&self, out: &Path, process: &str) -> Result<Merged, ResultsError> {
        let peers = self.write_peers(&out.join(format!("{}.parquet", SweptPeerRow::NAME)), process)?;
        let rows: Vec<SweptRunRow> = self.runs.iter().map(|(run, record)| row(run, record)).collect();
        let path = out.join(format!("{}.parquet", SweptRunRow::NAME));
        replace_durably(&path, process, |file| {
            let write = || {
                let mut table = TableWriter::new::<SweptRunRow>(file)?;
                rows.chunks(GROUP_ROWS).try_for_each(|group| table.write_group(group))?;
                table.finish()
            };
            write().map_err(into_io)
        })?;
        clear_temporary(self.sweep);
        Ok(Merged { runs: rows.len() as u64, peers })
    }

    fn write_peers(&self, path: &Path, process: &str) -> Result<u64, ResultsError> {
        let (mut rows, mut unread) = (0, None);
        let written = replace_durably(path, process, |file| {
            let write = || {
                let mut table = TableWriter::new::<SweptPeerRow>(file)?;
                let mut group: Vec<SweptPeerRow> = Vec::new();
                for (run, _) in &self.runs {
                    group.extend(part::peers(self.sweep, run).map_err(|error| {
                        let told = ParquetError::General(error.to_string());
                        unread = Some(error);
                        told
                    })?);
                    while group.len() >= GROUP_ROWS {
                        table.write_group(&group.drain(..GROUP_ROWS).collect::<Vec<_>>()[..])?;
                        rows += GROUP_ROWS as u64;
                    }
                }
                table.write_group(&group[..])?;
                rows += group.len() as u64;
                table.finish()
            };
            write().map_err(into_io)
        });
        match unread {
            Some(error) => Err(error),
            None => written.map(|()| rows),
        }
    }
}

/// A run's figures by the names of their columns.
fn row(run: &SweptRun<'_>, record: &Record) -> SweptRunRow {
    let measure = |name: &str| record.measures.get(name).copied().flatten();
    SweptRunRow {
        run: run.number,
        scenario: run.plan.scenario.clone(),
        variant: run.plan.variants[run.variant].name.clone(),
        seed: run.seed,
        digest: record.digest.clone(),
        bound_s: record.bound_s,
        last_s: measure("last"),
        median_s: measure("median"),
        p95_s: measure("p95"),
        first_s: measure("first"),
        completed_share: measure("completed"),
        utilisation_share: measure("utilisation"),
        waste_share: measure("waste"),
        seed_copies: measure("seed-copies"),
        fairness_index: measure("fairness"),
        startup_s: measure("startup"),
        stalled_s: measure("stalled"),
        waiting_s: measure("waiting"),
        continuity_share: measure("continuity"),
    }
}

/// Best effort: what stays does no harm.
fn clear_temporary(sweep: &Sweep) {
    let Ok(entries) = fs::read_dir(sweep.runs_folder()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(TEMPORARY) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::part::{self, Found};
    use super::super::{Shard, Standing};
    use super::*;
    use crate::measures::{MEASURES, MeasuredRun, Unit};
    use crate::results::{Described, read};
    use crate::sweep::Manifest;

    const SCENARIO: &str = r#"
[torrent]
size = "1 MiB"
[peers.seed]
count = 1
has = "all"
access = "us-2021"
[peers.leecher]
count = 1
access = "us-2021"
"#;

    fn planned(folder: &Path, seeds: u32) -> Sweep {
        let file = folder.join("one.toml");
        fs::write(&file, SCENARIO).unwrap();
        let vary = ["torrent.size=1MiB,2MiB".parse().unwrap()];
        let plan = Plan::new(&file, &[], &vary, 1, seeds).unwrap();
        let manifest = Manifest::new(vec![plan], "build").unwrap();
        let sweep = Sweep::create(&folder.join("sweep"), manifest, "test").unwrap();
        fs::create_dir(sweep.runs_folder()).unwrap();
        sweep
    }

    /// A run that nobody has run: every measure has its own figure.
    fn record(run: &SweptRun<'_>) -> Record {
        let figure = |at: usize| Some(f64::from(run.number) + at as f64 / 100.0);
        let measures = MEASURES.iter().enumerate();
        Record::new(
            run.variant,
            run.seed,
            MeasuredRun {
                digest: format!("{:016x}", run.number),
                measures: measures.map(|(at, measure)| (measure.name.to_owned(), figure(at))).collect(),
                bound_s: None,
                curve_s: vec![0.1, 0.2],
            },
        )
    }

    fn peers(run: &SweptRun<'_>, count: u32) -> Vec<SweptPeerRow> {
        let peer = |peer| SweptPeerRow {
            run: run.number,
            peer,
            completed_s: (peer % 3 > 0).then(|| f64::from(peer) / 7.0),
            stalls: (peer % 2 > 0).then_some(peer),
            ..SweptPeerRow::default()
        };
        (0..count).map(peer).collect()
    }

    fn write(sweep: &Sweep, run: &SweptRun<'_>, count: u32) {
        part::write(sweep, run, "build", "test", record(run), &peers(run, count)).unwrap();
    }

    #[test]
    fn every_measure_has_a_column_with_its_unit_and_its_figure() {
        let folder = tempfile::tempdir().unwrap();
        let sweep = planned(folder.path(), 1);
        let run = sweep.runs()[1];
        // By name, as DuckDB would ask for it.
        let text = format!("{:?}", row(&run, &record(&run)));
        for (at, measure) in MEASURES.iter().enumerate() {
            let unit = match measure.unit {
                Unit::Seconds | Unit::Wait => "_s",
                Unit::Share => "_share",
                Unit::Index => "_index",
                Unit::Copies => "",
            };
            let column = format!("{}{unit}", measure.name.replace('-', "_"));
            assert!(SweptRunRow::COLUMNS.iter().any(|(name, _)| *name == column), "{column}");
            assert!(
                text.contains(&format!(" {column}: Some({:?})", 1.0 + at as f64 / 100.0)),
                "{column}: {text}"
            );
        }
    }

    /// More rows than are encoded at a time, written in any order: what is merged is what was written, in the order of runs.
    #[test]
    fn the_table_of_peers_has_every_row_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let sweep = planned(folder.path(), 2);
        let counts = [40_000, 0, 30_000, GROUP_ROWS as u32];
        for run in sweep.runs().iter().rev() {
            write(&sweep, run, counts[run.number as usize]);
        }
        let standing = Standing::of(&sweep).unwrap();
        let merged = Merging::of(&standing).unwrap().write_tables(folder.path(), "test").unwrap();
        let expected: Vec<SweptPeerRow> =
            sweep.runs().iter().flat_map(|run| peers(run, counts[run.number as usize])).collect();
        assert_eq!(merged, Merged { runs: 4, peers: expected.len() as u64 });
        assert_eq!(read::<SweptPeerRow>(&folder.path().join("peers.parquet")).unwrap(), expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Cut anywhere, or with any byte changed, a run is never taken for finished with other figures than it had.
        #[test]
        fn damage_is_seen(is_table: bool, at: prop::sample::Index, change in prop::option::of(1u8..)) {
            let folder = tempfile::tempdir().unwrap();
            let sweep = planned(folder.path(), 1);
            let run = sweep.runs()[0];
            write(&sweep, &run, 5);
            let ending = if is_table { "parquet" } else { "json" };
            let path = sweep.runs_folder().join(format!("000000.{ending}"));
            let mut content = fs::read(&path).unwrap();
            let at = at.index(content.len());
            match change {
                Some(change) => content[at] ^= change,
                None => content.truncate(at),
            }
            fs::write(&path, content).unwrap();
            match part::look(&sweep, &run).unwrap() {
                Found::Broken(_) => {}
                // Only the line break at the end of the seal can be cut off or be another blank.
                Found::Finished(found) => prop_assert!(!is_table && *found == record(&run)),
                Found::Missing => prop_assert!(false, "the file is there"),
            }
        }

    }

    proptest! {
        // Each case waits for the disk some two dozen times.
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// Shards with something left are those, and only those, that have a run that is not finished.
        #[test]
        fn what_is_left_is_submitted(done: [bool; 12], of in 1u32..=12) {
            let folder = tempfile::tempdir().unwrap();
            let sweep = planned(folder.path(), 6);
            for run in sweep.runs().iter().filter(|run| done[run.number as usize]) {
                write(&sweep, run, 1);
            }
            let standing = Standing::of(&sweep).unwrap();
            let has_left = |shard: &Shard| shard.runs(12).iter().any(|run| !done[*run as usize]);
            let expected: Vec<u32> = Shard::all(of).filter(has_left).map(|shard| shard.number).collect();
            prop_assert_eq!(standing.shards_left(of), expected);
            prop_assert_eq!(standing.is_whole(), done.iter().all(|done| *done));
            prop_assert_eq!(Merging::of(&standing).is_some(), standing.is_whole());
        }
    }
}
