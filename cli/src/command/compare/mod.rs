//! `swarmlab compare`: which variant is better, and by how much?

mod folder;
mod table;

use std::path::PathBuf;
use std::thread;

use clap::Args;
use clap::builder::PossibleValuesParser;
use swarmlab_reports::comparison;
use swarmlab_sim::compare::{self, Comparison, Plan, RunError, Vary};
use swarmlab_sim::measures::{MEASURES, Measure};

use crate::command::progress::Progress;
use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;
use crate::usage;

/// Compare variants of a scenario, with the same seeds for each.
///
/// The first value of each key is what the others are compared with. Each seed gives a pair of runs with the same arrivals,
/// links and faults; the change is told with its 95 % interval. Figures, plots and a report go into one folder, from which an
/// interrupted comparison can be taken up again.
#[derive(Args)]
#[command(
    after_help = "A key is a path as --set takes it (torrent.size, peers.seed.up), a group with its key (seed.up), or a key of \
every group (picker). Several --vary are combined, each value with each.

Examples:
  swarmlab compare scenarios/slow-seed.toml --vary leecher.picker=rarest-first,random
  swarmlab compare scenarios/flash-crowd.toml --vary seed.up=1Mbit/s..100Mbit/s:log5 --seeds 5
  swarmlab compare scenarios/slow-seed.toml --vary picker=rarest-first,random --json | jq '.effects[] | {variant, measure, change}'
  swarmlab compare --resume runs/compare-slow-seed-1"
)]
pub struct Arguments {
    /// The scenario file.
    #[arg(required_unless_present = "resume")]
    file: Option<PathBuf>,
    /// What is varied: KEY=VALUE,VALUE,… or KEY=FROM..TO:logN (or linN); may be given again.
    #[arg(long, value_name = "KEY=VALUES", required_unless_present = "resume")]
    vary: Vec<Vary>,
    /// A value in place of the scenario's, in every variant; may be given again.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// How many seeds.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// The first seed.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    from: u64,
    /// The measure that the sentences are about.
    #[arg(long, value_name = "NAME", default_value = MEASURES[0].name,
          value_parser = PossibleValuesParser::new(MEASURES.iter().map(|measure| measure.name)))]
    measure: String,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The folder for the results; runs/compare-NAME-N if not given.
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    out: Option<PathBuf>,
    /// Go on with the comparison in this folder, as it was planned.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "vary", "set", "seeds", "from"])]
    resume: Option<PathBuf>,
    /// Print everything as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let (path, journal, plan) = match (&arguments.resume, &arguments.file) {
        (Some(path), _) => folder::resume(path)?,
        (None, Some(file)) => {
            let plan = Plan::new(file, &arguments.set, &arguments.vary, arguments.from, arguments.seeds)
                .map_err(|error| Failure::told(Exit::WrongUse, words(&error)))?;
            folder::create(arguments.out.as_deref(), plan)?
        }
        (None, None) => unreachable!("clap asks for a file or a folder"),
    };
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let threads = arguments.threads.map_or_else(processors, usize::from);
    let progress = Progress(RunsBar::new(arguments.json)?);
    let comparison = timed(|| compare::run(&plan, &journal, threads, &progress));
    let is_interrupted = progress.0.end();
    let comparison = comparison.map_err(Failure::new)?;
    let page = comparison::write(&path, &comparison).map_err(Failure::new)?;
    if arguments.json {
        say(comparison.to_json().trim_end());
    } else {
        let measure = Measure::by_name(&arguments.measure).expect("clap lets through what there is");
        table::print(&comparison, measure, &path, &page);
    }
    Ok(if is_interrupted { Exit::Interrupted } else { Exit::Fine })
}

/// Scenario errors are complete as they are, others get their first word.
fn words(error: &compare::PlanError) -> String {
    match error {
        compare::PlanError::Scenario(error) => error.to_string(),
        error => format!("error: {error}"),
    }
}

/// Runs, and adds what only a clock and the system know.
fn timed(run: impl FnOnce() -> Result<Comparison, RunError>) -> Result<Comparison, RunError> {
    #[expect(clippy::disallowed_methods, reason = "how long the runs took, outside of them")]
    let start = std::time::Instant::now();
    let cpu_before_s = usage::cpu_s();
    let mut comparison = run()?;
    comparison.wall_s = start.elapsed().as_secs_f64();
    comparison.cpu_s = usage::cpu_s() - cpu_before_s;
    Ok(comparison)
}
