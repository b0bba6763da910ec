//! `swarmlab validate`: hold the simulation against what is proved and published.

mod folder;
mod table;

use std::path::PathBuf;
use std::thread;

use clap::Args;
use clap::builder::PossibleValuesParser;
use swarmlab_reports::validation;
use swarmlab_sim::validate::{self, Plan, Size, Validation, Verdict};

use crate::command::progress::Progress;
use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;
use crate::usage;

/// Seeds of each case, where nobody says how many.
const SEEDS: u32 = 10;
/// The same, in the short form.
const SEEDS_SHORT: u32 = 2;

/// Hold the simulation against proved bounds, published measurements and models.
///
/// Each experiment runs swarms with several seeds and compares what they did with what is known from outside. What is
/// proved must hold in every run; what was published is a band for the mean. Figures, plots and a report go into one
/// folder. About half an hour on 2 cores; --short takes less than a minute, --full several hours.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab validate
  swarmlab validate --only v4,v7 --seeds 3
  swarmlab validate --short --out /tmp/validation --json | jq '.experiments[].rows[] | {what, verdict}'

Exit code 10: a claim that is proved was violated. Bands that are missed are shown, and change no exit code.")]
pub struct Arguments {
    /// Only these experiments, like `v4,v7`.
    #[arg(long, value_name = "V,…", value_delimiter = ',', ignore_case = true,
          value_parser = PossibleValuesParser::new(validate::ids()))]
    only: Vec<String>,
    /// The seeds of each case: 1 to N [default: 10, and 2 with --short].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    seeds: Option<u32>,
    /// Small swarms and few seeds: whether everything works, and nothing proved is broken.
    #[arg(long, conflicts_with = "full")]
    short: bool,
    /// Every size of the literature, up to 8,000 peers.
    #[arg(long)]
    full: bool,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The folder for the results; runs/validate-SIZE if not given, with a number behind it if there is one already.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print everything as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let plan = plan(&arguments);
    let folder = folder::create(arguments.out.as_deref(), plan.size)?;
    let progress = Progress(RunsBar::new(arguments.json)?);
    let validation = timed(|| validate::run(&plan, &progress));
    let interrupted = progress.0.end();
    let page = validation::write(&folder, &validation).map_err(Failure::new)?;
    if arguments.json {
        say(validation.to_json().trim_end());
    } else {
        table::print(&validation, &page);
    }
    Ok(match () {
        () if interrupted => Exit::Interrupted,
        () if validation.experiments.iter().all(|section| section.not_run.is_some()) => Exit::NothingSelected,
        () if validation.count(Verdict::Violated) > 0 => Exit::ExpectationFailed,
        () => Exit::Fine,
    })
}

fn plan(arguments: &Arguments) -> Plan {
    let size = match (arguments.short, arguments.full) {
        (true, _) => Size::Short,
        (_, true) => Size::Full,
        _ => Size::Normal,
    };
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    Plan {
        only: arguments.only.clone(),
        seeds: arguments.seeds.unwrap_or(if arguments.short { SEEDS_SHORT } else { SEEDS }),
        size,
        threads: arguments.threads.map_or_else(processors, usize::from),
    }
}

/// Runs, and adds what only a clock and the system know.
fn timed(run: impl FnOnce() -> Validation) -> Validation {
    #[expect(clippy::disallowed_methods, reason = "how long the runs took, outside of them")]
    let start = std::time::Instant::now();
    let cpu_before_s = usage::cpu_s();
    let mut validation = run();
    validation.wall_s = start.elapsed().as_secs_f64();
    validation.cpu_s = usage::cpu_s() - cpu_before_s;
    validation
}
