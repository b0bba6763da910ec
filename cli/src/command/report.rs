//! `swarmlab report`: the report of a run, made again.

use std::path::PathBuf;

use clap::Args;
use swarmlab_sim::results::ResultsError;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

/// Pixels of a PNG for one pixel of the page: sharp on any screen and in print.
const PNG_SCALE: u32 = 2;

/// Make the report of a run from its folder alone.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  swarmlab report runs/flash-crowd-1\n  swarmlab report runs/flash-crowd-1 --png"
)]
pub struct Arguments {
    /// The run's folder.
    folder: PathBuf,
    /// Write each plot as PNG as well.
    #[arg(long)]
    png: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let page = swarmlab_reports::write(&arguments.folder).map_err(failed)?;
    if arguments.png {
        swarmlab_reports::write_png(&arguments.folder, PNG_SCALE).map_err(failed)?;
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
