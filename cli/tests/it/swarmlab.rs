//! Running the command.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::{TempDir, tempdir};

/// The command, in a folder of its own and without what the caller's environment could change.
pub fn swarmlab(folder: &Path, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_swarmlab"));
    command.args(arguments).current_dir(folder).env_remove("SOURCE_DATE_EPOCH").env("COLUMNS", "100");
    command
}

/// The exit code and everything that was printed.
pub fn transcript(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().map_or("a signal".to_owned(), |code| code.to_string());
    format!("exit {code}\n--- stdout\n{}--- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

/// Runs the command to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    swarmlab(folder, arguments).output().expect("the command starts")
}

/// A file of the engine's fixtures.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/tests/fixtures").join(name)
}

/// Copies a file or a folder into a folder.
pub fn copy_into(from: &Path, folder: &Path) {
    let to = folder.join(from.file_name().expect("fixtures have names"));
    if from.is_file() {
        std::fs::copy(from, to).expect("a file can be copied");
        return;
    }
    std::fs::create_dir_all(&to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("a folder can be listed") {
        copy_into(&entry.expect("a folder can be listed").path(), &to);
    }
}

/// Whether two files, or all files of two folders, have the same names and bytes.
pub fn same(a: &Path, b: &Path) -> bool {
    if a.is_file() || b.is_file() {
        return a.is_file() && b.is_file() && std::fs::read(a).unwrap() == std::fs::read(b).unwrap();
    }
    let names = |folder: &Path| {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    names(a) == names(b) && names(a).iter().all(|name| same(&a.join(name), &b.join(name)))
}

/// A swarm that is over in a moment.
pub const SMALL: &str = r#"# Which picker is better?
[torrent]
size = "1 MiB"
piece_length = "32 KiB"
[peers.seed]
count = 1
has = "all"
up = "1 Mbit/s"
down = "10 Mbit/s"
[peers.leecher]
count = 6
up = "2 Mbit/s"
down = "10 Mbit/s"
"#;

/// A folder of its own with [`SMALL`] in it, as `small.toml`.
pub fn with_small() -> TempDir {
    let folder = tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    folder
}
