//! `swarmlab sweep merge`: puts everything together.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use swarmlab_reports::comparison;
use swarmlab_sim::sweep::{Merging, Standing};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

use super::{left, open, process};

/// Where it goes in the sweep's folder when nobody says otherwise.
const MERGED: &str = "merged";

/// Put all runs of a sweep together.
///
/// Writes runs.parquet with a row for each run, peers.parquet with a row for each peer of each run, and for each scenario
/// with variants a folder with the same report that `swarmlab compare` makes. Nothing is written unless every run is finished
/// and fits the manifest. The files are the same bytes whatever the number of shards was, and whoever ran them.
#[derive(Args)]
#[command(after_help = "Ends with 13, and names the runs, if any is missing or broken.

Examples:
  swarmlab sweep merge runs/pickers
  duckdb -c \"SELECT variant, avg(median_s) FROM 'runs/pickers/merged/runs.parquet' GROUP BY ALL\"")]
pub struct Arguments {
    /// The folder of the sweep.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The folder for what is merged; DIR/merged if not given.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print what was merged as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { folder, out, json } = arguments;
    let sweep = open(&folder)?;
    let standing = Standing::of(&sweep).map_err(Failure::new)?;
    let Some(merging) = Merging::of(&standing) else {
        let (left, runs) = (sweep.run_count() - standing.finished(), sweep.run_count());
        let mut text = format!("error: {left} of {runs} runs are not finished");
        left::lines(&standing).iter().for_each(|line| text.push_str(&format!("\n  {line}")));
        return Err(Failure::told(Exit::NoBaseline, text)
            .remedy(format_args!("`swarmlab sweep exec {}` carries them out", folder.display())));
    };
    let out = out.unwrap_or_else(|| folder.join(MERGED));
    fs::create_dir_all(&out).map_err(|error| Failure::file("make", &out, error))?;
    let mut reports = Vec::new();
    for one in merging.comparisons() {
        reports.push(comparison::write(&out.join(&one.plan.scenario), &one).map_err(Failure::new)?);
    }
    let merged = merging.write_tables(&out, &process()).map_err(Failure::new)?;
    if json {
        say(json!({
            "sweep": sweep.manifest().id,
            "out": out,
            "runs": merged.runs,
            "peers": merged.peers,
            "reports": reports,
        }));
    } else {
        let out = out.display();
        say(format_args!("merged    {} runs: {out}/runs.parquet", merged.runs));
        say(format_args!("          {} peers: {out}/peers.parquet", merged.peers));
        reports.iter().for_each(|page| say(format_args!("report    {}", page.display())));
    }
    Ok(Exit::Fine)
}
