//! `summary.json`: the figures of a run as one JSON object whose keys keep their order.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::theory::{self, lower_bound};
use super::{EventRow, PeerRow, ResultsError, Watching, figures, quantile};

/// The figures of one run. Times are in seconds; `wall_s`, `cpu_s`, `blocks_per_cpu_s` and `peak_rss_bytes`
/// differ from repeat to repeat, everything else is the same for the same scenario and seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Format of this object and of the tables beside it: [`Summary::FORMAT`].
    pub format: u32,
    /// What the run itself knew.
    #[serde(flatten)]
    pub facts: Facts,
    /// Peers that took part.
    pub peers: u64,
    /// The peers among them that started as seeds.
    pub seeds: u64,
    /// The peers whose completion the run is about: those that started without everything and keep to the protocol, or
    /// only take without giving.
    pub leechers: u64,
    /// Leechers that completed.
    pub completed: u64,
    /// How long leechers took, each from its own arrival to its completion.
    pub completion_s: Completion,
    /// From the first leecher's arrival to the last completion, which is what `t_min_s` bounds; null if
    /// nobody completed.
    pub elapsed_s: Option<f64>,
    /// The least time in which the swarm could have done it (Kumar and Ross 2006); null if there is no such
    /// bound.
    pub t_min_s: Option<f64>,
    /// Whether the bound speaks about this run. If so, `elapsed_s` below `t_min_s` is a bug.
    pub t_min_applies: bool,
    /// Which term of the bound binds, or why it does not apply.
    pub t_min_reason: String,
    /// Blocks per processor second: how fast the laboratory is.
    pub blocks_per_cpu_s: f64,
    /// Share of the upload capacity that carried payload while somebody was downloading, 0 to 1: see
    /// [`upload_utilisation`](super::upload_utilisation).
    pub upload_utilisation: f64,
    /// Share of the payload received that was of no use, 0 to 1.
    pub waste_fraction: f64,
    /// Payload that the initial seeds sent, in copies of the content.
    pub seed_copies_sent: f64,
    /// Jain's index of the leechers' mean download rates: 1 if all were served alike, 1/n if one got
    /// everything; null without a leecher that received anything.
    pub fairness: Option<f64>,
    /// What those of the leechers went through who watch; null if nobody does.
    pub watching: Option<Watching>,
}

/// What a run knows of itself and no table says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Version of swarmlab that ran it.
    pub version: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of all randomness.
    pub seed: u64,
    /// World that it ran in: `event` or `turmoil`.
    pub world: String,
    /// Digest of all events, hexadecimal: equal for every repeat of the same scenario and seed.
    pub digest: String,
    /// Why it ended, in words.
    pub stop_reason: String,
    /// What was distributed.
    pub torrent: Torrent,
    /// Simulated time at the end.
    pub simulated_s: f64,
    /// Wall time that it took.
    pub wall_s: f64,
    /// Processor time that it took.
    pub cpu_s: f64,
    /// Peak resident memory of the process, bytes.
    pub peak_rss_bytes: u64,
    /// Events handled.
    pub events: u64,
    /// Blocks of payload delivered to a peer.
    pub blocks: u64,
    /// Interval between samples of `timeline`.
    pub sample_interval_s: f64,
    /// What the uplinks of the peers present could have carried while at least one leecher was present and incomplete,
    /// bytes, for whoever kept account of it. Null: it is taken from the table of peers, which is exact where rates
    /// never changed and nobody was away in between.
    pub upload_capacity_bytes: Option<f64>,
    /// What in the scenario takes the run out of the reach of the bound, if the caller knows of something
    /// that the table of peers cannot show: link rates that change, faults.
    pub t_min_exception: Option<String>,
    /// What the scenario's script did, in the order of time: the rows of the table `events`.
    pub script: Vec<EventRow>,
    /// What was found when the pieces that peers hold were read back; looked at under full hashing only.
    pub audit: Option<AuditFigures>,
}

/// The pieces that peers held when they left, or at the end, read back and hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFigures {
    /// How many, of all peers together.
    pub pieces: u64,
    /// How many of them are not the torrent's.
    pub wrong: u64,
}

/// What was distributed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Torrent {
    /// Its name.
    pub name: String,
    /// Size of the content, bytes.
    pub size_bytes: u64,
    /// Size of every piece but the last, bytes.
    pub piece_length_bytes: u64,
    /// Number of pieces.
    pub pieces: u32,
    /// Info-hash, hexadecimal.
    pub info_hash: String,
}

/// The leechers' times from arrival to completion, of those that completed; null if nobody did. Quantiles as
/// in [`quantile`](super::quantile()).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// The shortest.
    pub first: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The 95th percentile.
    pub p95: Option<f64>,
    /// The longest.
    pub last: Option<f64>,
}

impl Summary {
    /// The format that this version writes and reads.
    pub const FORMAT: u32 = 3;

    /// The figures of a run, from what it knows and the table of its peers.
    pub fn new(facts: Facts, peers: &[PeerRow]) -> Summary {
        let size_bytes = facts.torrent.size_bytes;
        let bound = lower_bound(peers, size_bytes);
        let outside = facts.t_min_exception.as_deref().or_else(|| theory::not_applicable(peers, size_bytes));
        let t_min_reason = match (outside, bound) {
            (Some(reason), _) => reason,
            (None, Some(bound)) => bound.binding.describe(),
            (None, None) => "no finite bound: a link that everything must cross carries nothing",
        };
        let end_s = facts.simulated_s;
        let rates: Vec<f64> = peers.iter().filter_map(|peer| peer.mean_down_bits_per_s(end_s)).collect();
        let seeds = || peers.iter().filter(|peer| peer.is_seed());
        let leechers = || peers.iter().filter(|peer| peer.is_leecher());
        let total = |bytes: fn(&PeerRow) -> u64| peers.iter().map(|peer| bytes(peer) as f64).sum::<f64>();
        Summary {
            format: Summary::FORMAT,
            peers: peers.len() as u64,
            seeds: seeds().count() as u64,
            leechers: peers.iter().filter(|peer| peer.is_leecher()).count() as u64,
            completed: leechers().filter(|peer| peer.completed_s.is_some()).count() as u64,
            completion_s: Completion::of(leechers().filter_map(PeerRow::completion_s)),
            elapsed_s: figures::elapsed_s(peers),
            t_min_s: bound.map(|bound| bound.seconds),
            t_min_applies: outside.is_none() && bound.is_some(),
            t_min_reason: t_min_reason.to_owned(),
            blocks_per_cpu_s: ratio(facts.blocks as f64, facts.cpu_s),
            upload_utilisation: match facts.upload_capacity_bytes {
                Some(capacity) => ratio(total(|peer| peer.uploaded_bytes), capacity),
                None => figures::upload_utilisation(peers, end_s),
            },
            waste_fraction: ratio(total(|peer| peer.wasted_bytes), total(|peer| peer.downloaded_bytes)),
            seed_copies_sent: ratio(seeds().map(|seed| seed.uploaded_bytes as f64).sum(), size_bytes as f64),
            fairness: figures::jain_index(&rates),
            watching: Watching::of(leechers()),
            facts,
        }
    }

    /// The object as text, with a line break at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("no map and no float key: always encodable");
        text.push('\n');
        text
    }

    /// Reads the object; `path` is for the error.
    ///
    /// # Errors
    /// The text is no such object, or of another format.
    pub(super) fn from_json(text: &str, path: &Path) -> Result<Summary, ResultsError> {
        let unreadable = |source| ResultsError::Summary { path: path.to_owned(), source };
        let Format { format } = serde_json::from_str(text).map_err(unreadable)?;
        if format != Summary::FORMAT {
            return Err(ResultsError::Format { path: path.to_owned(), format });
        }
        serde_json::from_str(text).map_err(unreadable)
    }
}

/// The one key that is read before the others are trusted.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Completion {
    /// Of these durations, in any order.
    pub fn of(durations_s: impl Iterator<Item = f64>) -> Completion {
        let mut sorted: Vec<f64> = durations_s.collect();
        sorted.sort_by(f64::total_cmp);
        let at = |q| quantile(&sorted, q);
        Completion { first: at(0.0), median: at(0.5), p95: at(0.95), last: at(1.0) }
    }
}

/// 0 where there is nothing to divide by.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
