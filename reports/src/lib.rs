//! Run directories in, pictures and pages out.
//!
//! Everything is made from a run's directory alone, so a report can be made again years later, and twice the
//! same bytes; what looks on while a run goes on are the [exports](export). Nothing here simulates or judges beyond what the tables say; the definitions of the figures
//! live with the results.

mod chart;
pub mod comparison;
pub mod export;
pub mod format;
pub mod gate;
mod page;
pub mod plot;
pub mod runs;
pub mod validation;

use std::path::{Path, PathBuf};

use swarmlab_sim::results::{ResultsError, Run, RunDirectory};

use crate::plot::Plot;

/// Name of the page in a run's directory.
const PAGE: &str = "report.html";

/// Makes the report of the run in `run_dir`, over an older one if there is one: each plot as
/// `plots/NAME.svg`, and the page `report.html`, which needs none of them. Returns the path of the page.
///
/// # Errors
/// The directory holds no complete run of this version's format, or a file cannot be written.
pub fn write(run_dir: &Path) -> Result<PathBuf, ResultsError> {
    let directory = RunDirectory::open(run_dir);
    let run = directory.read()?;
    let plots = plot::all(&run);
    for plot in &plots {
        directory.write_file(&format!("plots/{}.svg", plot.name), plot.svg().as_bytes())?;
    }
    directory.write_file(PAGE, page(&run, &plots).as_bytes())?;
    Ok(run_dir.join(PAGE))
}

/// Writes each plot of the run in `run_dir` as `plots/NAME.png`, at `scale` pixels for one pixel of the page
/// (1 to 4).
///
/// # Errors
/// The directory holds no complete run of this version's format, or a file cannot be written.
pub fn write_png(run_dir: &Path, scale: u32) -> Result<(), ResultsError> {
    let directory = RunDirectory::open(run_dir);
    for plot in plot::all(&directory.read()?) {
        directory.write_file(&format!("plots/{}.png", plot.name), &plot.png(scale))?;
    }
    Ok(())
}

/// The report as one HTML file that fetches nothing.
pub fn page(run: &Run, plots: &[Plot]) -> String {
    page::page(run, plots)
}
