//! The sources: where they are, and which of them a build needs.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;

use super::bug;

/// Files that a build needs besides the members of the workspace: scenarios and pages of the manual are compiled in.
const BESIDES: [&str; 5] =
    ["Cargo.lock", "Cargo.toml", "docs/algorithms", "docs/picker-guide.md", "scenarios"];

/// What the outcome of a search depends on: the engine, the simulation, and the search itself.
const MATTERS: [&str; 7] = [
    "Cargo.lock",
    "Cargo.toml",
    "cli/src/command/explore",
    "engine/Cargo.toml",
    "engine/src",
    "sim/Cargo.toml",
    "sim/src",
];

/// The top of the sources: above the current folder, or where this program was built.
pub fn root() -> Result<PathBuf, Failure> {
    let here =
        env::current_dir().map_err(|error| Failure::new(format_args!("no current folder: {error}")))?;
    let built_at = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let is_root = |folder: &&Path| folder.join(bug::FOLDER).is_dir() && folder.join("Cargo.lock").is_file();
    here.ancestors().chain(built_at).find(is_root).map(Path::to_owned).ok_or_else(|| {
        Failure::wrong_use("the sources of swarmlab are not here, and planting bugs needs them")
            .remedy("call it in a checkout of the repository")
    })
}

/// All files of a build, from the top of the workspace, in order. Folders named `target` and hidden ones are no sources.
pub fn sources(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for name in members(root)?.iter().map(String::as_str).chain(BESIDES) {
        gather(root, Path::new(name), &mut files)
            .map_err(|error| Failure::file("list", &root.join(name), error))?;
    }
    files.sort();
    Ok(files)
}

/// A hash of all that the outcome of a search depends on, but for what is planted.
pub fn fingerprint(root: &Path) -> Result<u64, Failure> {
    let mut files = sources(root)?;
    files.retain(|file| MATTERS.iter().any(|path| file.starts_with(path)));
    let read = |file: PathBuf| {
        let path = root.join(&file);
        fs::read(&path).map(|bytes| (file, bytes)).map_err(|error| Failure::file("read", &path, error))
    };
    let contents: Vec<(PathBuf, Vec<u8>)> = files.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(hash(&contents))
}

/// A hash that is the same in every process of one build.
pub fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// The crates of the workspace, as its manifest names them.
fn members(root: &Path) -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct Manifest {
        workspace: Workspace,
    }
    #[derive(Deserialize)]
    struct Workspace {
        members: Vec<String>,
    }
    let path = root.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, error))?;
    let manifest: Manifest =
        toml::from_str(&text).map_err(|error| Failure::new(format_args!("{}: {error}", path.display())))?;
    Ok(manifest.workspace.members)
}

/// Adds a file, or all files of a folder.
pub fn gather(root: &Path, path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !root.join(path).is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(root.join(path))? {
        let name = entry?.file_name();
        if name != "target" && !name.as_encoded_bytes().starts_with(b".") {
            gather(root, &path.join(name), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every crate's manifest and root are in the list, and every file that is compiled in.
    #[test]
    fn the_copy_is_complete() {
        let root = root().unwrap();
        let files: BTreeSet<PathBuf> = sources(&root).unwrap().into_iter().collect();
        for member in members(&root).unwrap() {
            let member = Path::new(&member);
            assert!(files.contains(&member.join("Cargo.toml")), "{}", member.display());
            let roots = ["src/lib.rs", "src/main.rs"].map(|name| member.join(name));
            assert!(roots.iter().any(|path| files.contains(path)), "{}", member.display());
        }
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
            for included in included(&fs::read_to_string(root.join(file)).unwrap()) {
                let path = root.join(file).with_file_name(&included).canonicalize();
                let path = path.unwrap_or_else(|error| panic!("{}: {included}: {error}", file.display()));
                let path = path.strip_prefix(root.canonicalize().unwrap()).unwrap();
                assert!(files.contains(path), "{} is compiled into {}", path.display(), file.display());
            }
        }
    }

    /// The relative paths that are given to `include_str!` and its like.
    fn included(text: &str) -> Vec<String> {
        let path = |call: &str| {
            let after = call.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '_');
            let path = after.strip_prefix("!(")?.trim_start().strip_prefix('"')?;
            Some(path.split('"').next()?.to_owned())
        };
        text.match_indices("include_").filter_map(|(at, _)| path(&text[at..])).collect()
    }
}
