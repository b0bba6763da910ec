//! The report of a validation: every claim beside what was simulated.
//!
//! Like the report of a run it is made from the folder's own files, and judges nothing: verdicts come with the rows.

mod page;
mod plots;
pub mod words;

use std::fs;
use std::path::{Path, PathBuf};

use swarmlab_sim::results::{ResultsError, RunDirectory};
use swarmlab_sim::validate::{Picture, Section, Validation};

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
    let validation = read(folder)?;
    let directory = RunDirectory::open(folder);
    for section in &validation.experiments {
        for picture in &section.pictures {
            let name = file_name(section, picture, "svg");
            directory.write_file(&name, plots::chart(picture).svg().as_bytes())?;
        }
    }
    directory.write_file(PAGE, page::page(&validation).as_bytes())?;
    Ok(folder.join(PAGE))
}

/// Writes each plot as PNG too, at `scale` pixels for one pixel of the page (1 to 4).
///
/// # Errors
/// As for [`report`].
pub fn write_png(folder: &Path, scale: u32) -> Result<(), ResultsError> {
    let directory = RunDirectory::open(folder);
    for section in &read(folder)?.experiments {
        for picture in &section.pictures {
            directory.write_file(&file_name(section, picture, "png"), &plots::chart(picture).png(scale))?;
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Validation, ResultsError> {
    let path = folder.join(Validation::FILE);
    match fs::read_to_string(&path) {
        Ok(text) => Validation::from_json(&text, &path),
        Err(source) => Err(ResultsError::Read { path, source }),
    }
}

fn file_name(section: &Section, picture: &Picture, ending: &str) -> String {
    format!("plots/{}-{}.{ending}", section.id.to_lowercase(), picture.name)
}

/// The report as one HTML file that fetches nothing.
pub fn page(validation: &Validation) -> String {
    page::page(validation)
}
