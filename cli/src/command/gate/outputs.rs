//! The files that a gate leaves.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use swarmlab_reports::gate::{junit, markdown};
use swarmlab_sim::gate::Outcome;

use crate::failure::Failure;

/// Files that can be written.
pub struct Outputs {
    junit: Option<(PathBuf, File)>,
    markdown: Option<(PathBuf, File)>,
}

impl Outputs {
    /// Opens them before the runs: what can't be written is better known before than after.
    pub fn open(junit: Option<&Path>, markdown: Option<&Path>) -> Result<Outputs, Failure> {
        let open = |path: Option<&Path>| {
            let create = |path: &Path| match File::create(path) {
                Ok(file) => Ok((path.to_owned(), file)),
                Err(error) => Err(Failure::file("write", path, error)),
            };
            path.map(create).transpose()
        };
        Ok(Outputs { junit: open(junit)?, markdown: open(markdown)? })
    }

    /// Writes them.
    pub fn write(self, outcome: &Outcome) -> Result<(), Failure> {
        let texts = [(self.junit, junit as fn(&Outcome) -> String), (self.markdown, markdown)];
        for (output, text) in texts {
            let Some((path, mut file)) = output else { continue };
            file.write_all(text(outcome).as_bytes()).map_err(|error| Failure::file("write", &path, error))?;
        }
        Ok(())
    }
}
