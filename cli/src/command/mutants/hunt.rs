//! One search with the program in which a bug is active, and what came of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::worlds::World;

use crate::command::world_name::WorldName;
use crate::exit::Exit;
use crate::failure::Failure;

use super::journal::{self, Reach};
use super::schemata::VARIABLE;

/// A search that has written nothing for so long is ended: the bug makes a run go on for ever.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// The same where what is found is shrunk, which writes nothing until it is done.
const PATIENCE_SHRINKING: Duration = Duration::from_secs(30 * 60);
/// How often it is looked whether a search has ended.
const LOOK: Duration = Duration::from_millis(50);

/// What to search for.
pub struct Hunt<'a> {
    /// The program.
    pub program: &'a Path,
    /// The active bugs; nothing for the program as it is.
    pub planted: &'a str,
    /// Where.
    pub world: World,
    /// The first seed.
    pub from: u64,
    /// How many seeds.
    pub seeds: u32,
    /// End with the first seed that shows something.
    pub first_only: bool,
    /// Shrink what is found.
    pub shrink: bool,
    /// For the results; made anew.
    pub folder: PathBuf,
}

/// What a search has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catch {
    /// Each seed with a violation, in ascending order, and the property that was violated.
    pub seeds: Vec<(u64, String)>,
    /// The smallest scenario that still shows the first.
    pub shrunk: Option<Size>,
    /// If there is none: whether the bug did anything.
    pub reach: Option<Reach>,
}

/// The size of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Size {
    /// Peers that ever come.
    pub hosts: u32,
    /// Pieces of the torrent.
    pub pieces: u32,
}

/// A search that the program itself did not survive: as good as a violation, but nobody says of what.
pub const DIED: &str = "died";
/// A search that had to be ended.
pub const HANGS: &str = "hangs";

impl Hunt<'_> {
    /// Searches to the end. `None` if the user has had enough.
    pub fn run(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Catch>, Failure> {
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir_all(&self.folder).map_err(|error| Failure::file("create", &self.folder, error))?;
        let mut child = self.start()?;
        let Some(ended) = self.wait(&mut child, interrupted)? else { return Ok(None) };
        let lines = journal::read(&self.journal())?;
        let next = lines.last().map_or(self.from, |line| line.seed + 1);
        let mut seeds: Vec<(u64, String)> =
            lines.into_iter().filter_map(|line| Some((line.seed, line.violation?))).collect();
        match ended {
            Ended::Hangs => seeds.push((next, HANGS.into())),
            Ended::With(status) => match status.code() {
                Some(code) if code == Exit::Fine as i32 || code == Exit::PropertyViolated as i32 => {}
                Some(code) if code == Exit::Interrupted as i32 => return Ok(None),
                Some(code) if code == Exit::WrongUse as i32 || code == Exit::Failed as i32 => {
                    return Err(self.refused());
                }
                _ => seeds.push((next, DIED.into())),
            },
        }
        let shrunk = if self.shrink { self.shrunk(&seeds) } else { None };
        Ok(Some(Catch { seeds, shrunk, reach: None }))
    }

    /// The folder of the search itself.
    fn search(&self) -> PathBuf {
        self.folder.join("search")
    }

    /// What it writes down.
    pub fn journal(&self) -> PathBuf {
        self.search().join("search.jsonl")
    }

    fn start(&self) -> Result<Child, Failure> {
        let log = |name: &str| {
            let path = self.folder.join(name);
            File::create(&path).map_err(|error| Failure::file("create", &path, error))
        };
        let mut command = Command::new(self.program);
        command.args(["explore", "--json", "--seeds", &self.seeds.to_string()]);
        command.args(["--from", &self.from.to_string(), "--out"]).arg(self.search());
        command.args(["--world", &WorldName::from(self.world).name()]);
        command.args(self.first_only.then_some("--stop-at-first"));
        command.args((!self.shrink).then_some("--no-shrink"));
        command.env(VARIABLE, self.planted).stdout(log("stdout")?).stderr(log("stderr")?);
        command
            .spawn()
            .map_err(|error| Failure::file("start", self.program, error).remedy("leave out --skip-build"))
    }

    /// Waits for the end; `None` if the user does not.
    fn wait(&self, child: &mut Child, interrupted: &dyn Fn() -> bool) -> Result<Option<Ended>, Failure> {
        let failed = |error| Failure::new(format_args!("cannot wait for the search: {error}"));
        let patience = if self.shrink { PATIENCE_SHRINKING } else { PATIENCE };
        let mut written = 0;
        #[expect(clippy::disallowed_methods, reason = "a process of the real world is waited for")]
        let now = std::time::Instant::now;
        let mut written_at = now();
        loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                return Ok(Some(Ended::With(status)));
            }
            let bytes = fs::metadata(self.journal()).map_or(0, |journal| journal.len());
            if bytes > written {
                (written, written_at) = (bytes, now());
            }
            let hangs = written_at.elapsed() >= patience;
            if hangs || interrupted() {
                child.kill().and_then(|()| child.wait()).map_err(failed)?;
                return Ok(hangs.then_some(Ended::Hangs));
            }
            thread::park_timeout(LOOK);
        }
    }

    /// The program did not understand us, or could not write: no fault of the bug's.
    fn refused(&self) -> Failure {
        let said = fs::read_to_string(self.folder.join("stderr")).unwrap_or_default();
        Failure::new(format_args!("the program with {:?} planted refused to search:\n{said}", self.planted))
    }

    fn shrunk(&self, seeds: &[(u64, String)]) -> Option<Size> {
        let (seed, property) = seeds.first()?;
        let path = self.search().join(format!("found/{seed}-{property}.toml"));
        let scenario = Scenario::load(path, &[]).ok()?;
        Some(Size {
            hosts: scenario.groups.iter().map(|group| group.count).sum(),
            pieces: scenario.torrent.geometry()?.piece_count,
        })
    }
}

/// A search may take so much memory and no more: a bug that makes something grow without end is to end that search, not
/// the machine.
const MEMORY_BYTES_MAX: u64 = 8 << 30;

/// Searches that are started from now on have a limit of memory; so has this process.
pub fn limit_memory() -> Result<(), Failure> {
    let (_, hard) = getrlimit(Resource::RLIMIT_AS).map_err(unlimited)?;
    setrlimit(Resource::RLIMIT_AS, MEMORY_BYTES_MAX.min(hard), hard).map_err(unlimited)
}

fn unlimited(error: nix::Error) -> Failure {
    Failure::new(format_args!("cannot limit the memory of a search: {error}"))
}

enum Ended {
    With(ExitStatus),
    Hangs,
}
