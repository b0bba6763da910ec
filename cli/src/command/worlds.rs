//! `swarmlab worlds`: the same scenarios in both simulated worlds.

use std::fs;
use std::path::PathBuf;
use std::thread;

use clap::Args;
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::worlds::{self, Comparison, Plan, World};

use crate::command::progress::Progress;
use crate::command::runs_bar::RunsBar;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

/// Run scenarios in both simulated worlds, and see whether they agree.
///
/// The event world runs the engine's core on the project's own network, the turmoil world the shipped client whole on
/// turmoil's sockets. Each scenario runs with each seed in both; the medians of completion are compared. Both worlds agree
/// where they differ by 10 % at most.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab worlds scenarios/worlds/*.toml
  swarmlab worlds scenarios/worlds/thin-uplinks.toml --seeds 10
  swarmlab worlds scenarios/worlds/*.toml --json | jq '.scenarios[] | {scenario, event, turmoil}'

Exit code 10: the worlds disagree about a scenario.")]
pub struct Arguments {
    /// The scenario files, each of which the turmoil world can do.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The seeds of each: 1 to N.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// A value in place of the scenarios', like `torrent.size=4MiB`; may be given again.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write the comparison to FILE, in Markdown.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Print the comparison as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let load = |file: &PathBuf| {
        Scenario::load_for(file, &arguments.set, |scenario| World::Turmoil.refusals(scenario))
            .map_err(|error| Failure::told(Exit::WrongUse, error))
    };
    let scenarios = arguments.files.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let plan = Plan {
        scenarios,
        seeds: (1..=arguments.seeds).collect(),
        threads: arguments.threads.map_or_else(processors, usize::from),
    };
    let progress = Progress(RunsBar::new(arguments.json)?);
    let comparison = worlds::compare(&plan, &progress);
    progress.0.end();
    let Some(comparison) = comparison.map_err(Failure::new)? else { return Ok(Exit::Interrupted) };
    if let Some(path) = &arguments.page {
        fs::write(path, worlds::page(&comparison)).map_err(|error| Failure::file("write", path, error))?;
    }
    if arguments.json {
        say(comparison.to_json());
    } else {
        print(&comparison);
    }
    Ok(if comparison.agrees() { Exit::Fine } else { Exit::ExpectationFailed })
}

/// One line a scenario.
fn print(comparison: &Comparison) {
    let width = comparison.scenarios.iter().map(|agreement| agreement.scenario.len()).max().unwrap_or(0);
    say(format_args!("{:width$}  peers     event   turmoil  difference of the medians", "scenario"));
    for agreement in &comparison.scenarios {
        let [event, turmoil] = agreement.both(|run| run.median_s);
        let verdict = if agreement.agrees() { "agrees" } else { "differs" };
        say(format_args!(
            "{:width$}  {:>5}  {event:>6.1} s  {turmoil:>6.1} s  {:>+6.1} %  {verdict}",
            agreement.scenario,
            agreement.hosts,
            agreement.difference() * 100.0,
        ));
    }
}
