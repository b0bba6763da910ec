//! What a simulated run leaves behind: one directory, from which everything a report shows can be made again.
//!
//! | file | content |
//! |---|---|
//! | `scenario.toml` | the scenario as it was run, every default written out |
//! | `peers.parquet` | one row per peer ([`PeerRow`]) |
//! | `timeline.parquet` | the swarm as a whole, one row per sample ([`TimelineRow`]) |
//! | `progress.parquet` | each peer present, at each sample ([`ProgressRow`]) |
//! | `pieces.parquet` | copies of each piece, at each sample ([`PieceRow`]) |
//! | `transfers.parquet` | payload and unchoked time between each pair over the run ([`TransferRow`]) |
//! | `flows.parquet` | payload between each pair, interval by interval ([`FlowRow`]) |
//! | `acquisitions.parquet` | when each peer came to hold each piece ([`AcquisitionRow`]) |
//! | `events.parquet` | what the scenario's script did ([`EventRow`]) |
//! | `summary.json` | the figures of the run ([`Summary`]); written last, so its presence says the run is complete |
//!
//! Both simulated worlds fill all of them. In the turmoil world bytes of the protocol are counted where the driver hands them
//! over, and what whoever watches has been through is as of the client's last event.
//!
//! A [sweep](crate::sweep) keeps of each of its runs one row ([`SweptRunRow`]), and one for each peer ([`SweptPeerRow`]).
//!
//! This module owns the file formats, the definition of every figure, and the theory a run is compared with.
//! It refuses to observe: the swarm fills the rows, with a [`Sampler`] to bound how many there are.
#![expect(
    clippy::disallowed_types,
    reason = "parquet_derive's decoder looks columns up in a map, never iterates it"
)]

mod acquisitions;
mod described;
mod directory;
mod error;
mod events;
mod figures;
mod flows;
mod mixing;
mod peers;
mod pieces;
mod progress;
mod quantile;
mod reference;
mod sampler;
mod summary;
mod swept_peers;
mod swept_runs;
mod table;
mod theory;
mod timeline;
mod transfers;
mod watching;

pub use acquisitions::{ACQUISITIONS_MAX, AcquisitionRow};
#[cfg(test)]
pub(crate) use described::Described;
pub use directory::{Run, RunDirectory};
pub(crate) use directory::{TEMPORARY, into_io, replace_durably};
pub use error::ResultsError;
pub use events::EventRow;
pub use figures::{jain_index, upload_utilisation};
pub use flows::{FLOW_INTERVALS_MAX, FLOW_ROWS_MAX, FlowRow};
pub use mixing::{Mixing, Share};
pub use peers::{BYZANTINE, LEECHER, PeerRow, SEED};
pub use pieces::PieceRow;
pub use progress::ProgressRow;
pub use quantile::quantile;
pub use reference::reference;
pub use sampler::{SAMPLES_MAX, Sampler, WIDE_ROWS_MAX, wide_samples_max};
pub use summary::{AuditFigures, Completion, Facts, Summary, Torrent};
pub use swept_peers::SweptPeerRow;
pub use swept_runs::SweptRunRow;
pub use table::ROWS_MAX;
pub(crate) use table::{Table, TableWriter, read};
pub use theory::{LowerBound, Term, lower_bound};
pub use timeline::{Snapshot, TimelineRow, timeline};
pub use transfers::TransferRow;
pub use watching::Watching;

/// The tables of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// One row per peer, in the order of its number.
    pub peers: Vec<PeerRow>,
    /// The swarm over time, in the order of time.
    pub timeline: Vec<TimelineRow>,
    /// Each peer over time, in the order of time, then peer.
    pub progress: Vec<ProgressRow>,
    /// Each piece over time, in the order of time, then piece.
    pub pieces: Vec<PieceRow>,
    /// Payload and slots between pairs, in the order of uploader, then downloader.
    pub transfers: Vec<TransferRow>,
    /// Payload between pairs over time, in the order of time, then uploader, then downloader.
    pub flows: Vec<FlowRow>,
    /// Who came to hold which piece, in the order of time.
    pub acquisitions: Vec<AcquisitionRow>,
    /// What the script did, in the order of time.
    pub events: Vec<EventRow>,
}
