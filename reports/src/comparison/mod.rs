//! The report of a comparison: what differs, by how much, and how sure that is.
//!
//! Made from `comparison.json` alone, and judges nothing: the intervals and their verdicts come with it.

mod page;
mod plots;

use std::fs;
use std::path::{Path, PathBuf};

use swarmlab_sim::compare::Comparison;
use swarmlab_sim::results::{ResultsError, RunDirectory};

/// Name of the page in its folder.
const PAGE: &str = "report.html";

/// Writes everything into the folder: `comparison.json`, each variant as it was run, the plots, and the page. Returns the
/// path of the page.
///
/// # Errors
/// A file cannot be written.
pub fn write(folder: &Path, comparison: &Comparison) -> Result<PathBuf, ResultsError> {
    let directory = RunDirectory::open(folder);
    for (number, variant) in comparison.plan.variants.iter().enumerate() {
        let name = format!("variants/{}.toml", number + 1);
        directory.write_file(&name, variant.toml.as_bytes())?;
    }
    directory.write_file(Comparison::FILE, comparison.to_json().as_bytes())?;
    report(folder)
}

/// Makes plots and page again from `comparison.json`.
///
/// # Errors
/// The folder holds no comparison of this version's format, or a file cannot be written.
pub fn report(folder: &Path) -> Result<PathBuf, ResultsError> {
    let comparison = read(folder)?;
    let directory = RunDirectory::open(folder);
    for plot in plots::all(&comparison) {
        directory.write_file(&format!("plots/{}.svg", plot.name), plot.svg().as_bytes())?;
    }
    directory.write_file(PAGE, page::page(&comparison).as_bytes())?;
    Ok(folder.join(PAGE))
}

/// Writes each plot as PNG too, at `scale` pixels for one pixel of the page (1 to 4).
///
/// # Errors
/// As for [`report`].
pub fn write_png(folder: &Path, scale: u32) -> Result<(), ResultsError> {
    let directory = RunDirectory::open(folder);
    for plot in plots::all(&read(folder)?) {
        directory.write_file(&format!("plots/{}.png", plot.name), &plot.png(scale))?;
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Comparison, ResultsError> {
    let path = folder.join(Comparison::FILE);
    match fs::read_to_string(&path) {
        Ok(text) => Comparison::from_json(&text, &path),
        Err(source) => Err(ResultsError::Read { path, source }),
    }
}
