//! `swarmlab report`: the report of a run, a comparison, or a validation, made again.

use std::path::{Path, PathBuf};

use clap::Args;
use swarmlab_reports::{comparison, validation};
use swarmlab_sim::compare::Comparison;
use swarmlab_sim::results::ResultsError;
use swarmlab_sim::validate::Validation;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

/// Pixels of a PNG for one pixel of the page: sharp on any screen and in print.
pub const PNG_SCALE: u32 = 2;

/// Make the report of a run, a comparison, or a validation from its folder alone.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  swarmlab report runs/flash-crowd-1\n  swarmlab report runs/flash-crowd-1 --png"
)]
pub struct Arguments {
    /// The folder of the run, the comparison or the validation.
    folder: PathBuf,
    /// Write each plot as PNG as well.
    #[arg(long)]
    png: bool,
}

/// Makes a page from a folder.
type Page = fn(&Path) -> Result<PathBuf, ResultsError>;
/// Makes its plots as PNG, at a scale.
type Pictures = fn(&Path, u32) -> Result<(), ResultsError>;

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { folder, png } = arguments;
    let holds = |file: &str| folder.join(file).exists();
    let (write, write_png): (Page, Pictures) = match () {
        () if holds(Validation::FILE) => (validation::report, validation::write_png),
        () if holds(Comparison::FILE) => (comparison::report, comparison::write_png),
        () => (swarmlab_reports::write, swarmlab_reports::write_png),
    };
    let page = write(&folder).map_err(failed)?;
    if png {
        write_png(&folder, PNG_SCALE).map_err(failed)?;
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
