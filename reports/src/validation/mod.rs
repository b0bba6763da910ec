//! The report of a validation: every claim beside what was simulated.
//!
//! Like the report of a run it is made from the folder's own files, and judges nothing: verdicts come with the rows.

mod page;
mod plots;
pub mod words;

use std::fs;
use std::path::{Path, PathBuf};

use swarmlab_sim::results::{ResultsError, RunDirectory};
use swarmlab_sim::validate::Validation;

/// Name of the page in its folder.
const PAGE: &str = "report.html";

/// Writes everything into the folder: `validation.json`, the raw values as `values.csv`, the scenarios as they were
/// run, the plots, and the page. Returns the path of the page.
///
/// # Errors
/// A file cannot be written.
pub fn write(folder: &Path, validation: &Validation) -> Result<PathBuf, ResultsError> {
    let directory = RunDirectory::open(folder);
    for (name, text) in validation.experiments.iter().filter_map(|section| section.scenario.as_ref()) {
        directory.write_file(&format!("scenarios/{name}"), text.as_bytes())?;
    }
    directory.write_file("values.csv", validation.to_csv().as_bytes())?;
    directory.write_file(Validation::FILE, validation.to_json().as_bytes())?;
    report(folder)
}

/// Makes plots and page again from `validation.json`.
///
/// # Errors
/// The folder holds no validation of this version's format, or a file cannot be written.
pub fn report(folder: &Path) -> Result<PathBuf, ResultsError> {
    let path = folder.join(Validation::FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(ResultsError::Read { path, source }),
    };
    let validation = Validation::from_json(&text, &path)?;
    let directory = RunDirectory::open(folder);
    for section in &validation.experiments {
        for picture in &section.pictures {
            let name = format!("plots/{}-{}.svg", section.id.to_lowercase(), picture.name);
            directory.write_file(&name, plots::svg(picture).as_bytes())?;
        }
    }
    directory.write_file(PAGE, page::page(&validation).as_bytes())?;
    Ok(folder.join(PAGE))
}

/// The report as one HTML file that fetches nothing.
pub fn page(validation: &Validation) -> String {
    page::page(validation)
}
