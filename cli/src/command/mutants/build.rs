//! Building the copy, and the program that comes out of it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// Where everything of this command lies, in the workspace's own `target`.
pub const FOLDER: &str = "target/mutants";

/// The copy of the sources.
pub fn source(root: &Path) -> PathBuf {
    root.join(FOLDER).join("source")
}

/// The program with every bug in it.
pub fn program(root: &Path) -> PathBuf {
    let name = format!("swarmlab{}", env::consts::EXE_SUFFIX);
    root.join(FOLDER).join("build/release").join(name)
}

/// Builds the program, as the shipped one is built.
pub fn build(root: &Path) -> Result<(), Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--locked", "--package", "swarmlab", "--manifest-path"])
        .arg(source(root).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(root.join(FOLDER).join("build"))
        .status()
        .map_err(|error| Failure::new(format_args!("cannot start cargo: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new("the sources with the planted bugs do not compile")
            .remedy("a `write` in `mutants/` does not fit its place: the compiler's messages above name it"))
    }
}
