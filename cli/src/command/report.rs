//! `swarmlab report`: the report of a run, a comparison, or a validation, made again; or one of several runs.

use std::path::{Path, PathBuf};

use clap::Args;
use swarmlab_reports::{comparison, runs, validation};
use swarmlab_sim::compare::Comparison;
use swarmlab_sim::results::ResultsError;
use swarmlab_sim::validate::Validation;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

/// Pixels of a PNG for one pixel of the page: sharp on any screen and in print.
pub const PNG_SCALE: u32 = 2;
/// Below which folder reports of several runs go when nobody says where.
const RUNS: &str = "runs";
/// Such reports that are kept apart by a number.
const REPEATS_MAX: u32 = 10_000;

/// Make the report of a run, a comparison, or a validation from its folder alone.
///
/// Of several runs it makes one page that compares them.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab report runs/flash-crowd-1
  swarmlab report runs/flash-crowd-1 --png
  swarmlab report runs/slow-seed-1 runs/slow-seed-2 --out /tmp/both")]
pub struct Arguments {
    /// The folder of the run, the comparison or the validation; or those of several runs.
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// The folder for the page that compares several runs; runs/report-N if not given.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write each plot as PNG as well.
    #[arg(long)]
    png: bool,
}

/// Makes a page from a folder.
type Page = fn(&Path) -> Result<PathBuf, ResultsError>;
/// Makes its plots as PNG, at a scale.
type Pictures = fn(&Path, u32) -> Result<(), ResultsError>;

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { folders, out, png } = arguments;
    match (&folders[..], out) {
        ([_], Some(_)) => Err(Failure::wrong_use("--out is for the page that compares several runs")
            .remedy("the report of one run is written into its own folder")),
        ([folder], None) => one(folder, png),
        (_, out) => several(&folders, out, png),
    }
}

fn one(folder: &Path, png: bool) -> Result<Exit, Failure> {
    let (write, write_png): (Page, Pictures) = match () {
        () if folder.join(Validation::FILE).exists() => (validation::report, validation::write_png),
        () if folder.join(Comparison::FILE).exists() => (comparison::report, comparison::write_png),
        () => (swarmlab_reports::write, swarmlab_reports::write_png),
    };
    let page = write(folder).map_err(failed)?;
    if png {
        write_png(folder, PNG_SCALE).map_err(failed)?;
    }
    say(page.display());
    Ok(Exit::Fine)
}

fn several(folders: &[PathBuf], out: Option<PathBuf>, png: bool) -> Result<Exit, Failure> {
    for folder in folders {
        if folder.join(Validation::FILE).exists() || folder.join(Comparison::FILE).exists() {
            let what = format_args!("{} holds no single run", folder.display());
            return Err(
                Failure::wrong_use(what).remedy("a comparison or a validation has a report of its own")
            );
        }
    }
    let out = match out {
        Some(out) if out.join("summary.json").exists() => {
            let what = format_args!("{} holds a run, whose report would be written over", out.display());
            return Err(Failure::wrong_use(what).remedy("--out DIR names another folder"));
        }
        Some(out) => out,
        None => (1..=REPEATS_MAX)
            .map(|number| Path::new(RUNS).join(format!("report-{number}")))
            .find(|path| !path.exists())
            .ok_or_else(|| Failure::new(format_args!("{RUNS} holds {REPEATS_MAX} such folders")))?,
    };
    let page = runs::write(folders, &out).map_err(failed)?;
    if png {
        runs::write_png(folders, &out, PNG_SCALE).map_err(failed)?;
    }
    say(page.display());
    Ok(Exit::Fine)
}

fn failed(error: ResultsError) -> Failure {
    match error {
        ResultsError::Read { .. } => Failure::new(error)
            .remedy("a folder that `swarmlab simulate` wrote to the end has all files of a run"),
        error => Failure::new(error),
    }
}
