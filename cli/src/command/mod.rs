//! One file for each subcommand.

mod download;
mod make;
mod show;

use std::path::Path;

use clap::Subcommand;
use swarmlab_engine::metainfo::Metainfo;

use crate::exit::Exit;
use crate::failure::Failure;

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    Download(download::Arguments),
    Make(make::Arguments),
    Show(show::Arguments),
}

impl Command {
    pub fn run(self) -> Result<Exit, Failure> {
        match self {
            Command::Download(arguments) => download::run(arguments),
            Command::Make(arguments) => make::run(arguments),
            Command::Show(arguments) => show::run(arguments),
        }
    }
}

/// Reads a torrent file that was named on the command line.
fn read_torrent(path: &Path) -> Result<Metainfo, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, error))?;
    Metainfo::read(&bytes).map_err(|error| {
        Failure::wrong_use(format_args!("{} is no torrent file: {error}", path.display()))
            .remedy("`swarmlab make PATH` makes one of a file or folder")
    })
}
