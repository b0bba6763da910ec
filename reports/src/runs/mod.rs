//! Several runs beside each other: one page, made from their directories alone.
//!
//! It shows and orders figures, and judges nothing: of two runs that differ by chance one is always better. Whoever
//! wants to know how sure a difference is compares many seeds ([`comparison`](crate::comparison)).

mod keys;
mod page;
mod plots;

use std::path::{Path, PathBuf};

use swarmlab_sim::results::{PeerRow, ResultsError, RunDirectory, Summary};

/// Name of the page in its folder.
const PAGE: &str = "report.html";

/// One of the runs.
struct Entry {
    /// What it is called: its folder, as far as that tells it from the others.
    name: String,
    folder: PathBuf,
    scenario: String,
    summary: Summary,
    peers: Vec<PeerRow>,
}

/// Writes a page that compares the runs in `folders` into the folder `out`, with its plots beside it. Returns the path of
/// the page.
///
/// # Errors
/// A directory holds no complete run of this version's format, or a file cannot be written.
pub fn write(folders: &[PathBuf], out: &Path) -> Result<PathBuf, ResultsError> {
    let entries = read(folders)?;
    let directory = RunDirectory::open(out);
    for plot in plots::all(&entries) {
        directory.write_file(&format!("plots/{}.svg", plot.name), plot.svg().as_bytes())?;
    }
    directory.write_file(PAGE, page::page(&entries).as_bytes())?;
    Ok(out.join(PAGE))
}

/// Writes each plot as PNG too, at `scale` pixels for one pixel of the page (1 to 4).
///
/// # Errors
/// As for [`write()`].
pub fn write_png(folders: &[PathBuf], out: &Path, scale: u32) -> Result<(), ResultsError> {
    let directory = RunDirectory::open(out);
    for plot in plots::all(&read(folders)?) {
        directory.write_file(&format!("plots/{}.png", plot.name), &plot.png(scale))?;
    }
    Ok(())
}

fn read(folders: &[PathBuf]) -> Result<Vec<Entry>, ResultsError> {
    let entry = |folder: &PathBuf| {
        let directory = RunDirectory::open(folder);
        Ok(Entry {
            name: name(folder, folders),
            folder: folder.clone(),
            summary: directory.read_summary()?,
            scenario: directory.read_scenario()?,
            peers: directory.read_peers()?,
        })
    };
    folders.iter().map(entry).collect()
}

/// The last part of the path, or the whole of it if another run has the same.
fn name(folder: &Path, all: &[PathBuf]) -> String {
    let last = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let alike = all.iter().filter(|other| last(other) == last(folder)).count();
    last(folder).filter(|_| alike == 1).unwrap_or_else(|| folder.display().to_string())
}
