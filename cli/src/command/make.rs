//! `swarmlab make`: a torrent file of what lies on the disk.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use swarmlab_engine::metainfo::make::{Fields, MakeError, from_path};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::{parse_bytes, say};

/// Make a torrent file of a file or a folder.
///
/// The same files give the same info-hash everywhere. With SOURCE_DATE_EPOCH set (seconds since 1970), that is the date
/// in the torrent file, and the whole file is the same every time.
#[derive(Args)]
#[command(after_help = "Examples:
  swarmlab make holiday-pictures
  swarmlab make disk.img --tracker http://tracker.example/announce --piece-length 1MiB -o disk.torrent")]
pub struct Arguments {
    /// The file or folder to share.
    path: PathBuf,
    /// Where to write the torrent file; PATH's name with `.torrent`, in the current folder, if not given.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over an existing file.
    #[arg(long)]
    force: bool,
    /// A tracker's announce URL. Given again, it is the next one to try when this one fails.
    #[arg(long, value_name = "URL")]
    tracker: Vec<String>,
    /// Bytes of a piece, like 256KiB; chosen for 1,000 to 2,000 pieces if not given.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    piece_length: Option<u32>,
    /// Let peers come from the trackers only (BEP 27). Changes the info-hash.
    #[arg(long)]
    private: bool,
    /// A comment for people.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let output = match &arguments.output {
        Some(output) => output.clone(),
        None => default_output(&arguments.path)?,
    };
    if !arguments.force && output.exists() {
        return Err(exists(&output));
    }
    let fields = Fields {
        tiers: arguments.tracker.into_iter().map(|url| vec![url]).collect(),
        private: arguments.private,
        creation_date: Some(creation_date()?),
        comment: arguments.comment,
        created_by: Some(concat!("swarmlab ", env!("CARGO_PKG_VERSION")).into()),
    };
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("hashing {wide_bar} {binary_bytes} of {binary_total_bytes}, {eta} left")
            .expect("a template without mistakes"),
    );
    let torrent = from_path(&arguments.path, arguments.piece_length, &fields, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let torrent = torrent.map_err(make_failure)?;
    write(&output, &torrent.to_bytes(), arguments.force)?;
    say(format_args!("wrote {}", output.display()));
    say(format_args!("info-hash {}", torrent.info.hash()));
    // Who is in a private torrent gets its file from its tracker's site: no peer gives it out (BEP 27).
    if !torrent.info.private() {
        say(torrent.magnet());
    }
    Ok(Exit::Fine)
}

fn make_failure(error: MakeError) -> Failure {
    match error {
        MakeError::Read { path, source } => Failure::file("read", &path, source),
        MakeError::NotAFile(_) => {
            Failure::wrong_use(error).remedy("a torrent holds plain files only: move it away")
        }
        MakeError::Name(_) => Failure::wrong_use(error).remedy("rename it"),
        MakeError::Torrent(error) => Failure::wrong_use(format_args!("cannot make this torrent: {error}")),
    }
}

fn default_output(path: &Path) -> Result<PathBuf, Failure> {
    // `.` and `..` have a name only once the links are followed.
    let real = path.canonicalize().map_err(|error| Failure::file("read", path, error))?;
    let name = real.file_name().ok_or_else(|| {
        Failure::wrong_use(format_args!("{} has no name", path.display()))
            .remedy("name the torrent file with -o FILE")
    })?;
    let mut name = name.to_owned();
    name.push(".torrent");
    Ok(PathBuf::from(name))
}

fn exists(output: &Path) -> Failure {
    Failure::wrong_use(format_args!("{} exists", output.display()))
        .remedy("--force writes over it, -o FILE writes elsewhere")
}

fn write(output: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    let opened = OpenOptions::new().write(true).create(force).create_new(!force).truncate(force).open(output);
    let written = opened.and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(output),
        ErrorKind::NotFound => Failure::file("write", output, error).remedy("its folder has to be there"),
        _ => Failure::file("write", output, error),
    })
}

/// Now, or what SOURCE_DATE_EPOCH says (reproducible-builds.org).
fn creation_date() -> Result<i64, Failure> {
    if let Ok(date) = std::env::var("SOURCE_DATE_EPOCH") {
        return date.parse().map_err(|_| {
            Failure::wrong_use(format_args!("SOURCE_DATE_EPOCH is `{date}`"))
                .remedy("it is a whole number of seconds since 1970")
        });
    }
    #[expect(clippy::disallowed_methods, reason = "a torrent's date is the real one")]
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(since.map_or(0, |since| since.as_secs() as i64))
}
