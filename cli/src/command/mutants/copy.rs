//! The copy of the sources, with every bug planted in it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::failure::Failure;

use super::bug::{self, Bug};
use super::schemata;
use super::workspace;

/// What every file of the copy holds.
pub type Sources = Vec<(PathBuf, Vec<u8>)>;

/// The sources with every bug planted, none of them active.
///
/// # Errors
/// All that is wrong with the lists, at once.
pub fn plant_all(root: &Path, bugs: &[Bug]) -> Result<Sources, Failure> {
    let mut mistakes = bug::mistakes(bugs);
    let mut sources = Sources::new();
    for file in workspace::sources(root)? {
        let path = root.join(&file);
        let bytes = fs::read(&path).map_err(|error| Failure::file("read", &path, error))?;
        let name = file.to_string_lossy();
        let is_touched = bugs.iter().any(|bug| bug.file == file) || schemata::ROOTS.contains(&&*name);
        let bytes = match String::from_utf8(bytes) {
            Ok(text) if is_touched => match schemata::plant(&name, &text, bugs) {
                Ok(woven) => woven.into_bytes(),
                Err(more) => {
                    mistakes.extend(more);
                    continue;
                }
            },
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        sources.push((file, bytes));
    }
    let strangers = bugs.iter().filter(|bug| !root.join(&bug.file).is_file());
    mistakes.extend(strangers.map(|bug| format!("{}: there is no file {}", bug.name, bug.file.display())));
    if !mistakes.is_empty() {
        let what =
            format_args!("planted bugs without a place ({}):\n{}", mistakes.len(), mistakes.join("\n"));
        return Err(Failure::told(Exit::ExpectationFailed, format_args!("error: {what}"))
            .remedy("the sources have changed: mend the lists in `mutants/`"));
    }
    sources.push((schemata::QUESTION_FILE.into(), schemata::question(bugs).into_bytes()));
    Ok(sources)
}

/// Makes the folder hold these sources and nothing else. A file that is the same already is not touched, so that it is
/// not compiled again.
pub fn write(folder: &Path, sources: &Sources) -> Result<(), Failure> {
    for (file, bytes) in sources {
        let path = folder.join(file);
        if fs::read(&path).is_ok_and(|present| present == *bytes) {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, bytes))
            .map_err(|error| Failure::file("write", &path, error))?;
    }
    remove_others(folder, sources).map_err(|error| Failure::file("tidy", folder, error))
}

fn remove_others(folder: &Path, sources: &Sources) -> io::Result<()> {
    let wanted: BTreeSet<&Path> = sources.iter().map(|(file, _)| file.as_path()).collect();
    let mut present = Vec::new();
    workspace::gather(folder, Path::new(""), &mut present)?;
    let others = present.iter().filter(|file| !wanted.contains(file.as_path()));
    others.into_iter().try_for_each(|file| fs::remove_file(folder.join(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_stays_the_same_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let sources = |b: &str| -> Sources {
            vec![("a/a.rs".into(), b"a".to_vec()), ("a/b.rs".into(), b.as_bytes().to_vec())]
        };
        write(folder.path(), &sources("b")).unwrap();
        fs::write(folder.path().join("a/old.rs"), "old").unwrap();
        let time = |name: &str| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap();
        let before = (time("a/a.rs"), time("a/b.rs"));
        write(folder.path(), &sources("c")).unwrap();
        assert_eq!(time("a/a.rs"), before.0);
        assert_eq!(fs::read(folder.path().join("a/b.rs")).unwrap(), b"c");
        assert!(!folder.path().join("a/old.rs").exists());
    }
}
