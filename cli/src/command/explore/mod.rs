//! `swarmlab explore`: look for a scenario in which a property does not hold.

mod folder;
mod table;
mod watcher;

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::thread;

use clap::Args;
use swarmlab_sim::explore::{self, Found, Plan};

use crate::command::runs_bar::RunsBar;
use crate::command::world_name::WorldName;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;
use crate::usage;

use watcher::Watcher;

/// Seeds of a search that nobody has limited.
const SEEDS: u64 = 1_000;

/// Look for a scenario in which a property does not hold.
///
/// Each seed draws a whole scenario: a small swarm, its network, and what goes wrong in it. It is run with every check;
/// one seed in sixteen is run in other ways too, which must take the same course. What breaks a property is made as small
/// and plain as it can be, and written to the folder: a scenario that plays again, and its story. All processors are used,
/// and how many there are changes no result.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab explore
  swarmlab explore --minutes 60 --out /tmp/search
  swarmlab explore --resume /tmp/search --minutes 60
  swarmlab explore --world turmoil --seeds 50
  swarmlab explore --from 5000 --seeds 500 --stop-at-first
  swarmlab explore --seeds 10000 --json | jq '.broken[] | {property, count, cases}'

Exit code 11: a property did not hold. Exit code 10: with --require-sometimes, something was never seen.")]
pub struct Arguments {
    /// How many seeds [default: 1000, and without limit with --minutes].
    #[arg(long, value_name = "N")]
    seeds: Option<NonZeroU64>,
    /// For how long; what was found until then is still made small.
    #[arg(long, value_name = "M", value_parser = minutes)]
    minutes: Option<f64>,
    /// The first seed.
    #[arg(long, value_name = "SEED", default_value_t = 1, conflicts_with = "resume")]
    from: u64,
    /// Where they run. For `turmoil` scenarios are drawn that it can do; a seed takes seconds there.
    #[arg(long, value_enum, default_value_t = WorldName::Event, conflicts_with = "resume")]
    world: WorldName,
    /// Runs at a time [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The folder for the results; runs/explore-N if not given.
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    out: Option<PathBuf>,
    /// Go on with the search in this folder, after its last seed and in its world.
    #[arg(long, value_name = "DIR")]
    resume: Option<PathBuf>,
    /// Write what is found as it was drawn.
    #[arg(long)]
    no_shrink: bool,
    /// End with the first finding.
    #[arg(long)]
    stop_at_first: bool,
    /// Fail if something was never seen that a long search must see.
    #[arg(long)]
    require_sometimes: bool,
    /// Print the summary as one JSON object.
    #[arg(long)]
    json: bool,
}

fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes: &f64| minutes.is_finite() && *minutes > 0.0);
    minutes.ok_or_else(|| "a number over zero, like 10 or 0.5".to_owned())
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let mut folder = folder::open(arguments.out.as_deref(), arguments.resume.as_deref())?;
    let plan = plan(&arguments);
    let bar = RunsBar::new(arguments.json)?;
    let watcher = Watcher::new(bar, arguments.minutes, plan.seeds);
    let found = timed(|| explore::search(&plan, &mut folder, &watcher).map_err(Failure::new))?;
    watcher.end();
    folder.summarise(&found).map_err(Failure::new)?;
    if arguments.json {
        say(found.to_json().trim_end());
    } else {
        table::print(&found, &folder);
    }
    let never_seen = found.sometimes.iter().any(|seen| seen.count == 0);
    Ok(match () {
        () if found.violations > 0 => Exit::PropertyViolated,
        () if found.is_interrupted => Exit::Interrupted,
        () if arguments.require_sometimes && never_seen => Exit::ExpectationFailed,
        () => Exit::Fine,
    })
}

fn plan(arguments: &Arguments) -> Plan {
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let seeds = arguments.seeds.map(NonZeroU64::get);
    Plan {
        from: arguments.from,
        seeds: seeds.or(arguments.minutes.is_none().then_some(SEEDS)),
        world: arguments.world.into(),
        threads: arguments.threads.map_or_else(processors, usize::from),
        shrinks: !arguments.no_shrink,
        stops_at_first: arguments.stop_at_first,
    }
}

/// Searches, and adds what only a clock and the system know.
fn timed(search: impl FnOnce() -> Result<Found, Failure>) -> Result<Found, Failure> {
    #[expect(clippy::disallowed_methods, reason = "how long the search took, outside of it")]
    let start = std::time::Instant::now();
    let cpu_before_s = usage::cpu_s();
    let mut found = search()?;
    found.wall_s = start.elapsed().as_secs_f64();
    found.cpu_s = usage::cpu_s() - cpu_before_s;
    Ok(found)
}
