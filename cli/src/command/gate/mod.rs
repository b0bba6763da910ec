//! `swarmlab gate`: did a change make swarms worse?

mod deadline;
mod outputs;
mod table;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use swarmlab_reports::gate::sentence;
use swarmlab_sim::gate::{self, Baseline, BaselineError, Entry, Outcome, Replay, SelectError};
use swarmlab_sim::measures::{MEASURES, Measure};

use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;
use crate::usage;

use deadline::Deadline;
use outputs::Outputs;

/// Compare swarms with a baseline, and fail if they have become worse.
///
/// Runs the scenarios of the baseline with its seeds, so that each seed gives a pair, and judges every measure that has a
/// threshold there. A check fails if the mean is worse by more than its threshold, and if chance alone would do as much less
/// often than all checks together may raise a false alarm (1 %). Runs are functions of their seeds: an unchanged client gives
/// identical figures. What the processor needs is not judged: it depends on the machine; `just bench` measures that.
#[derive(Args)]
#[command(
    after_help = "Ends with 10 if a check fails, and with 13 if the baseline is missing, of another format, or made of scenarios
that have changed since.

Examples:
  swarmlab gate --baseline baselines/swarms.toml
  swarmlab gate --baseline baselines/swarms.toml --only flash-crowd --measure last --measure p95
  swarmlab gate --baseline baselines/swarms.toml --markdown \"$GITHUB_STEP_SUMMARY\" --junit gate.xml --json > gate.json"
)]
pub struct Arguments {
    /// The baseline, made by `swarmlab baseline`.
    #[arg(long, value_name = "FILE")]
    baseline: PathBuf,
    /// This scenario of the baseline only; may be given again.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// This measure only; may be given again.
    #[arg(long, value_name = "NAME",
          value_parser = PossibleValuesParser::new(MEASURES.iter().map(|measure| measure.name)))]
    measure: Vec<String>,
    /// The first seeds of each scenario only.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    seeds: Option<u32>,
    /// End after so many minutes, and judge the seeds that were run by then.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    minutes: Option<u32>,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Write the outcome as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the outcome as markdown, for the summary of a CI job.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Print everything as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let baseline = Baseline::load(&arguments.baseline).map_err(|error| unusable(&error))?;
    let mut measures = arguments.measure.iter().filter_map(|name| Measure::by_name(name)).collect::<Vec<_>>();
    measures.dedup_by_key(|measure| measure.name);
    let entries =
        gate::select(baseline.entries, &arguments.only, &measures, arguments.seeds).map_err(unselected)?;
    let replays: Vec<Replay> =
        entries.iter().map(replay).collect::<Result<_, _>>().map_err(|error| unusable(&error))?;
    let outputs = Outputs::open(arguments.junit.as_deref(), arguments.markdown.as_deref())?;
    let threads =
        arguments.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let minutes = arguments.minutes.map(|minutes| Duration::from_secs(60 * u64::from(minutes)));
    let observer = Deadline::new(RunsBar::new(arguments.json)?, minutes);
    #[expect(clippy::disallowed_methods, reason = "how long the runs took, outside of them")]
    let start = std::time::Instant::now();
    let cpu_before_s = usage::cpu_s();
    let runs = gate::replay(&replays, threads, &observer);
    if observer.end() {
        say("ended before all was run: nothing is judged");
        return Ok(Exit::Interrupted);
    }
    let runs = runs.map_err(|error| Failure::told(Exit::NoBaseline, format_args!("error: {error}")))?;
    let finished = |entry: &Entry| {
        let at = entries.iter().position(|one| one.name == entry.name).expect("one of them");
        runs[at].iter().flatten().count() as u32
    };
    gate::enough(&entries, finished).map_err(|error| {
        Failure::told(Exit::NoBaseline, format_args!("error: {error}"))
            .remedy("--minutes N gives it more time")
    })?;
    let mut outcome = Outcome::of(&entries, &runs);
    outcome.wall_s = start.elapsed().as_secs_f64();
    outcome.cpu_s = usage::cpu_s() - cpu_before_s;
    outputs.write(&outcome)?;
    if arguments.json {
        say(outcome.to_json().trim_end());
        // The log of a CI job shows these, wherever the object goes.
        outcome.failed().for_each(|check| eprintln!("{}", sentence(check)));
        eprintln!("{}", outcome.sentence());
    } else {
        table::print(&outcome);
    }
    Ok(if outcome.is_passed { Exit::Fine } else { Exit::ExpectationFailed })
}

/// The runs that an entry asks for, if their figures can be compared.
fn replay(entry: &Entry) -> Result<Replay, BaselineError> {
    entry.comparable()?;
    Replay::of(entry)
}

/// A mistake in the file is wrong use; anything else means that nothing can be compared.
fn unusable(error: &BaselineError) -> Failure {
    match error {
        BaselineError::Mistake(error) => Failure::told(Exit::WrongUse, error),
        BaselineError::Missing { .. } | BaselineError::Format { .. } => {
            Failure::told(Exit::NoBaseline, format_args!("error: {error}"))
                .remedy("`swarmlab baseline FILE --begin SCENARIO` begins a new one")
        }
        error => Failure::told(Exit::NoBaseline, format_args!("error: {error}"))
            .remedy("`swarmlab baseline FILE` measures it anew, on a commit that is as it should be"),
    }
}

/// Nothing that could be judged.
pub fn unselected(error: SelectError) -> Failure {
    match error {
        SelectError::Nothing(_) => Failure::told(Exit::NothingSelected, format_args!("error: {error}")),
        error => Failure::wrong_use(error),
    }
}
