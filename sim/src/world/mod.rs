//! The event world: a swarm of real client engines on the event network, in simulated time.
//!
//! Owns the hosts, when they come and go, and the order in which things happen. Decides nothing that a client decides,
//! and looks into no message: bytes go from engine to engine as they would over sockets.
//!
//! Each peer's host runs one [`Session`](swarmlab_engine::session::Session); one more host runs the tracker. Everything
//! happens as an event of one queue, at a time and in an order that depend on the scenario and its seed alone.

mod acquisitions;
mod actor;
pub(crate) mod addresses;
mod audience;
pub(crate) mod audit;
mod byzantine;
mod capacity;
mod chronicle;
mod client;
mod digest;
pub(crate) mod draws;
mod driving;
pub(crate) mod event;
mod event_world;
mod faults;
mod flows;
mod given;
mod observer;
pub(crate) mod participant;
pub(crate) mod peer_host;
mod pickers;
pub(crate) mod population;
mod presence;
mod rate_changes;
pub(crate) mod rates;
mod recorder;
pub(crate) mod script;
mod sessions;
pub(crate) mod settings;
mod spread;
pub(crate) mod streams;
mod surroundings;
pub(crate) mod swarm;
mod torrent;
pub(crate) mod tracker_desk;
mod tracker_host;

use std::path::PathBuf;

use swarmlab_engine::metainfo;
use swarmlab_engine::picker::PickerError;
use swarmlab_engine::storage::{ContentError, Hashing, StandInUnhashable};

use crate::check::{Checked, Profile};
use crate::results::{Facts, Tables};
use crate::scenario::{Refusal, Scenario};

use event_world::EventWorld;
pub(crate) use event_world::VIOLATED;

pub use addresses::PEER_PORT;
pub use audit::Audit;
pub use event_world::EVENTS_PER_STATUS;
pub use observer::{Cast, CastHost, Observer};
pub use peer_host::TORRENT;
pub use pickers::Pickers;

/// The name of this world in results.
pub const NAME: &str = "event";

/// What doesn't belong to the scenario, and changes no result.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How pieces are verified.
    pub hashing: Hashing,
    /// Note what the tables need, beyond the peers.
    pub tables: bool,
    /// What is checked while it runs; a violation ends the run.
    pub checks: Profile,
}

impl Default for Options {
    fn default() -> Self {
        Options { hashing: Hashing::Identity, tables: true, checks: Profile::Off }
    }
}

/// How far a run has come, for whoever watches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Status {
    /// Simulated seconds.
    pub simulated_s: f64,
    /// Leechers that have completed.
    pub completed: u32,
    /// Leechers that are to complete.
    pub leechers: u32,
    /// Pieces held by leechers, as a share of all they are to hold.
    pub progress: f64,
    /// Blocks delivered so far.
    pub blocks: u64,
}

/// Looks on; what it does changes nothing. Answers whether to go on.
pub trait Watch {
    /// Called every [`EVENTS_PER_STATUS`] events, and at the end.
    fn status(&mut self, status: Status) -> bool;
}

/// Nobody looks on.
impl Watch for () {
    fn status(&mut self, _: Status) -> bool {
        true
    }
}

/// The outcome of a run.
#[derive(Debug)]
pub struct Outcome {
    /// What the run knows of itself; the caller adds what its clock and its system say.
    pub facts: Facts,
    /// The tables.
    pub tables: Tables,
    /// What the peers held when they left, or at the end; looked at where pieces were hashed in full.
    pub audit: Option<Audit>,
    /// What the checks found, if there were any.
    pub checked: Option<Checked>,
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A file of the scenario could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The torrent is not one.
    #[error("{}: {source}", path.display())]
    Torrent {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: metainfo::Error,
    },
    /// The content is not the torrent's.
    #[error("{}: {source}; give the torrent's own `torrent.content`, or an empty one for its geometry alone", path.display())]
    Content {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        source: ContentError,
    },
    /// The formula's geometry makes no torrent.
    #[error("torrent: {0}")]
    Make(#[from] metainfo::make::MakeError),
    /// Full hashing without content.
    #[error("{0}; give `torrent.content`, or leave out `--hash full`")]
    Unhashable(#[from] StandInUnhashable),
    /// A group's picker is none.
    #[error("peers.{group}.picker: {source}")]
    Picker {
        /// The group.
        group: String,
        /// What is wrong with it.
        source: PickerError,
    },
    /// This world can't do what the scenario asks for.
    #[error("{0}")]
    Refused(Refusal),
    /// A fault names a block that the torrent doesn't have.
    #[error("peers.{group}.corrupt: the torrent has no block {block} in a piece {piece}")]
    NoSuchBlock {
        /// The group.
        group: String,
        /// The piece.
        piece: u32,
        /// The block.
        block: u32,
    },
}

/// Runs a scenario to its end.
pub fn run(scenario: &Scenario, options: Options, watch: &mut dyn Watch) -> Result<Outcome, WorldError> {
    observed(scenario, options, watch, Vec::new())
}

/// As [`run`], with pickers of one's own: a group has one if its [`picker`](crate::scenario::ClientSpec::picker) is that
/// picker's name.
pub fn run_with(
    pickers: &Pickers,
    scenario: &Scenario,
    options: Options,
    watch: &mut dyn Watch,
) -> Result<Outcome, WorldError> {
    Ok(EventWorld::new(pickers, scenario, options, Vec::new())?.run(watch))
}

/// Runs a scenario to its end while these look on.
pub fn observed<'a>(
    scenario: &'a Scenario,
    options: Options,
    watch: &mut dyn Watch,
    observers: Vec<&'a mut (dyn Observer + 'a)>,
) -> Result<Outcome, WorldError> {
    Ok(EventWorld::new(Pickers::NONE, scenario, options, observers)?.run(watch))
}
