//! `swarmlab sweep status`: how far a sweep has come.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use swarmlab_sim::sweep::Standing;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

use super::{left, open};

/// Say how far a sweep has come, judged by the files in its folder.
///
/// Every file is read, and held against its digest and against the manifest.
#[derive(Args)]
#[command(after_help = "Ends with 0 if every run is finished, and with 13 if any is missing or broken.

Examples:
  swarmlab sweep status runs/pickers
  swarmlab sweep status runs/pickers || swarmlab sweep exec runs/pickers
  swarmlab sweep status runs/pickers --json | jq .missing")]
pub struct Arguments {
    /// The folder of the sweep.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Print everything as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let Arguments { folder, json } = arguments;
    let sweep = open(folder)?;
    let standing = Standing::of(&sweep).map_err(Failure::new)?;
    if *json {
        let missing: Vec<u32> = standing.missing().map(|run| run.number).collect();
        let broken: Vec<_> =
            standing.broken().map(|(run, why)| json!({ "run": run.number, "why": why })).collect();
        say(json!({
            "sweep": sweep.manifest().id,
            "runs": sweep.run_count(),
            "finished": standing.finished(),
            "missing": missing,
            "broken": broken,
        }));
    } else {
        say(format_args!("finished  {} of {} runs", standing.finished(), sweep.run_count()));
        left::lines(&standing).iter().for_each(say);
        let next = if standing.is_whole() { "merge" } else { "exec" };
        say(format_args!("next      swarmlab sweep {next} {}", folder.display()));
    }
    Ok(if standing.is_whole() { Exit::Fine } else { Exit::NoBaseline })
}
