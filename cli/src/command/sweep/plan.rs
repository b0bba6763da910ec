//! `swarmlab sweep plan`: what is to be run.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use swarmlab_sim::compare::{Plan, PlanError, Vary};
use swarmlab_sim::sweep::{Manifest, Sweep};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

use super::{build, failed, process};

/// Below which folder sweeps go when nobody says where.
const RUNS: &str = "runs";
/// Sweeps of one scenario that are kept apart by a number.
const REPEATS_MAX: u32 = 10_000;

/// Write down what is to be run, and run nothing.
///
/// The manifest has every scenario with every variant, all defaults written out, the seeds, and a digest of this executable:
/// no other may run it. Files that scenarios name (a torrent, a table of latencies) stay where they are, and are held against
/// their digests before anything is run. The same plan into the same folder again changes nothing.
#[derive(Args)]
#[command(
    after_help = "A key is a path as --set takes it (torrent.size, peers.seed.up), a group with its key (seed.up), or a key of \
every group (picker). Several --vary are combined, each value with each.

Examples:
  swarmlab sweep plan scenarios/flash-crowd.toml --seeds 1000
  swarmlab sweep plan scenarios/slow-seed.toml --vary leecher.picker=rarest-first,random --seeds 500 --out runs/pickers
  swarmlab sweep plan scenarios/flash-crowd.toml scenarios/churn.toml --vary seed.up=1Mbit/s..100Mbit/s:log5 --seeds 50"
)]
pub struct Arguments {
    /// The scenario files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What is varied, in each scenario: KEY=VALUE,VALUE,… or KEY=FROM..TO:logN (or linN); may be given again.
    #[arg(long, value_name = "KEY=VALUES")]
    vary: Vec<Vary>,
    /// A value in place of the scenarios', in every variant; may be given again.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// How many seeds.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// The first seed.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    from: u64,
    /// The folder of the sweep; runs/sweep-NAME-N if not given.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print what was planned as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { files, vary, set, seeds, from, out, json } = arguments;
    let plan = |file: &PathBuf| Plan::new(file, &set, &vary, from, seeds);
    let plans: Vec<Plan> =
        files.iter().map(plan).collect::<Result<_, _>>().map_err(|error| mistaken(&error))?;
    let folder = match out {
        Some(out) => out,
        None => (1..=REPEATS_MAX)
            .map(|number| PathBuf::from(RUNS).join(format!("sweep-{}-{number}", plans[0].scenario)))
            .find(|path| !path.exists())
            .ok_or_else(|| Failure::new(format_args!("{RUNS} holds {REPEATS_MAX} such folders")))?,
    };
    let manifest = Manifest::new(plans, &build()?).map_err(failed)?;
    let sweep = Sweep::create(&folder, manifest, &process()).map_err(failed)?;
    let manifest = sweep.manifest();
    if json {
        let scenarios = manifest.planned.plans.iter().map(|plan| {
            let variants: Vec<&str> = plan.variants.iter().map(|variant| variant.name.as_str()).collect();
            json!({ "scenario": plan.scenario, "variants": variants, "from": plan.from, "seeds": plan.seeds })
        });
        let scenarios: Vec<_> = scenarios.collect();
        say(json!({
            "sweep": manifest.id,
            "folder": folder,
            "build": manifest.planned.build,
            "runs": sweep.run_count(),
            "scenarios": scenarios,
        }));
        return Ok(Exit::Fine);
    }
    for plan in &manifest.planned.plans {
        let variants = match plan.variants.len() {
            1 => String::new(),
            variants => format!("{variants} variants × "),
        };
        say(format_args!("{:<9} {variants}{} seeds from {}", plan.scenario, plan.seeds, plan.from));
    }
    let folder = folder.display();
    say(format_args!("planned   {} runs in {folder}", sweep.run_count()));
    say(format_args!(
        "next      swarmlab sweep exec {folder} runs them all, with --shard I/N a part of them"
    ));
    Ok(Exit::Fine)
}

/// Scenario errors are complete as they are, others get their first word.
fn mistaken(error: &PlanError) -> Failure {
    match error {
        PlanError::Scenario(error) => Failure::told(Exit::WrongUse, error),
        error => Failure::wrong_use(error),
    }
}
