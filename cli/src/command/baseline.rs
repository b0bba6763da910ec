//! `swarmlab baseline`: measure what the gate compares with.

use std::path::{Path, PathBuf};
use std::thread;

use clap::Args;
use swarmlab_sim::gate::{self, Baseline, BaselineError, Replay};
use swarmlab_sim::results::RunDirectory;
use swarmlab_sim::scenario::Scenario;

use crate::command::progress::Progress;
use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

/// Measure the baseline that `swarmlab gate` compares with.
///
/// Runs every scenario of the file with all its seeds, and writes what they gave into the lower part of the file. The upper
/// part, with scenarios, seeds and thresholds, is for people; it is kept to the letter.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab baseline baselines/swarms.toml
  swarmlab baseline baselines/mine.toml --begin scenarios/flash-crowd.toml --begin scenarios/churn.toml")]
pub struct Arguments {
    /// The baseline.
    file: PathBuf,
    /// Begin a new baseline with this scenario, and the thresholds that are usual; may be given again.
    #[arg(long, value_name = "SCENARIO")]
    begin: Vec<PathBuf>,
    /// Measure this scenario only, and keep what was measured of the others; may be given again.
    #[arg(long, value_name = "NAME", conflicts_with = "begin")]
    only: Vec<String>,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let path = &arguments.file;
    if !arguments.begin.is_empty() {
        begin(path, &arguments.begin)?;
    }
    let mut baseline = Baseline::load(path).map_err(|error| match error {
        BaselineError::Missing { .. } => Failure::told(Exit::NoBaseline, format_args!("error: {error}"))
            .remedy("--begin SCENARIO begins a new baseline"),
        error => refused(&error),
    })?;
    let chosen = gate::select(baseline.entries.clone(), &arguments.only, &[], None)
        .map_err(super::gate::unselected)?;
    let replays: Vec<Replay> =
        chosen.iter().map(Replay::of).collect::<Result<_, _>>().map_err(|error| refused(&error))?;
    let threads =
        arguments.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let progress = Progress(RunsBar::new(false)?);
    let runs = gate::replay(&replays, threads, &progress);
    if progress.0.end() {
        return Ok(Exit::Interrupted);
    }
    for (entry, runs) in chosen.iter().zip(runs.map_err(Failure::new)?) {
        let place = baseline.entries.iter_mut().find(|one| one.name == entry.name);
        let place = place.expect("chosen among them");
        place.measure(&runs.into_iter().flatten().collect::<Vec<_>>()).map_err(|error| refused(&error))?;
    }
    replace(path, &baseline.to_toml())?;
    let runs: u32 = chosen.iter().map(|entry| entry.seeds).sum();
    say(format_args!("{}: {runs} runs of {} scenarios", path.display(), chosen.len()));
    Ok(Exit::Fine)
}

/// Writes the upper part of a new file; an existing one is left alone.
fn begin(path: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    if path.exists() {
        let what = format_args!("{} exists already", path.display());
        return Err(Failure::wrong_use(what).remedy("add the scenario there, below [scenarios.NAME]"));
    }
    for file in files {
        Scenario::load(file, &[]).map_err(|error| Failure::told(Exit::WrongUse, error))?;
    }
    replace(path, &gate::begin(path, files))
}

/// Here every trouble is the author's to mend.
fn refused(error: &BaselineError) -> Failure {
    match error {
        BaselineError::Mistake(error) => Failure::told(Exit::WrongUse, error),
        BaselineError::Missing { .. } | BaselineError::Format { .. } => {
            Failure::told(Exit::NoBaseline, format_args!("error: {error}"))
        }
        error => Failure::wrong_use(error),
    }
}

/// In one step: whoever reads it sees the old file or the new one.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(Failure::wrong_use(format_args!("{} is no name of a file", path.display())));
    };
    RunDirectory::open(folder).write_file(name, text.as_bytes()).map_err(Failure::new)
}
