//! Where the words of a scenario come from: the file, or a `--set` on the command line. Reads the file, and refuses what
//! is not a text of reasonable size.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::error::{Complaint, ScenarioError};
use super::{grouped, nearest, quoted};

/// A scenario file is written by a person; one over this limit is something else, given by mistake.
const FILE_BYTES_MAX: usize = 1 << 20;

/// One piece of text that a scenario is made of.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's path, or `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The absolute folder that relative paths in this text start from; `None` keeps them as they are and asks the disk
    /// nothing.
    pub folder: Option<PathBuf>,
}

/// A stretch of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Index of the source; 0 is the file, the others are overrides in the order given.
    pub source: usize,
    /// Bytes of its text.
    pub span: Range<usize>,
}

impl Place {
    /// Whether this was said by a `--set`.
    pub fn is_override(&self) -> bool {
        self.source > 0
    }
}

/// The scenario file at `path`.
pub fn read_file(path: &Path) -> Result<Source, ScenarioError> {
    let name = path.display().to_string();
    let bytes = read_limited(path).map_err(|error| unreadable(path, &error))?;
    if bytes.len() > FILE_BYTES_MAX {
        let title =
            format!("{} is over the limit of {} bytes", quoted(&name), grouped(FILE_BYTES_MAX as u128));
        return Err(Complaint::new(title).help("is this a scenario?").unplaced());
    }
    let folder = path.parent().and_then(|parent| std::path::absolute(Path::new(".").join(parent)).ok());
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name, text, folder }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[at];
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let place = Place { source: 0, span: at..at + char::REPLACEMENT_CHARACTER.len_utf8() };
            let complaint = Complaint::new("the file is not UTF-8")
                .label(format!("byte 0x{byte:02X} begins no UTF-8 character"))
                .help("save the file as UTF-8");
            Err(ScenarioError::new(vec![Source { name, text, folder }], vec![complaint.at(place)]))
        }
    }
}

/// At most one byte more than the limit, so that a device or a film costs no memory.
fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> ScenarioError {
    let name = quoted(&path.display().to_string());
    let complaint = match error.kind() {
        ErrorKind::IsADirectory => {
            Complaint::new(format!("{name} is a folder")).help("a scenario is one TOML file")
        }
        ErrorKind::NotFound => {
            let complaint = Complaint::new(format!("there is no scenario {name}"));
            match similar_file(path) {
                Some(other) => complaint.help(format!("did you mean {}?", quoted(&other))),
                None => complaint,
            }
        }
        _ => Complaint::new(format!("the scenario {name} can't be read: {error}")),
    };
    complaint.unplaced()
}

/// The scenario beside `path` whose name is most like it.
fn similar_file(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let asked = path.file_stem()?.to_str()?;
    let listed = std::fs::read_dir(Path::new(".").join(folder)).ok()?;
    let files: Vec<PathBuf> =
        listed.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name()))).collect();
    let mut stems: Vec<&str> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "toml"))
        .filter_map(|file| file.file_stem()?.to_str())
        .collect();
    stems.sort_unstable();
    let stem = nearest(asked, stems)?;
    Some(folder.join(format!("{stem}.toml")).display().to_string())
}
