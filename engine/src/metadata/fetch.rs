//! Fetching the metadata: which piece to ask of whom.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use crate::metainfo::InfoHash;
use crate::time::Time;
use crate::wire::metadata_message::{METADATA_BYTES_MAX, metadata_piece};

use super::case::Case;

/// Pieces that one peer is asked for at a time (libtorrent: 2).
pub const REQUESTS_MAX: usize = 2;
/// After so long another peer is asked for the same piece (as for blocks: libtorrent's piece time-out).
pub const PATIENCE: Duration = Duration::from_secs(20);
/// A peer that has rejected a request, or has not answered it for so long, is asked again then (libtorrent: 20 to 70 s).
pub const REST: Duration = Duration::from_secs(60);
/// Who leaves a request without an answer rests for [`REST`], twice as long the next time, and so on so often: others have
/// their turn.
const LAPSES_MAX: u32 = 5;
/// Sizes that are fetched at a time. With [`METADATA_BYTES_MAX`] it bounds what liars can make a client hold.
pub const CASES_MAX: usize = 4;
/// A size that is not whole after so long makes place for one that waits, so that liars who dawdle can't keep the true one
/// waiting for ever.
pub const CASE_PATIENCE: Duration = Duration::from_secs(120);

/// What came of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// It is kept, or somebody else was faster.
    Kept,
    /// It was not asked for.
    Unasked,
    /// It has another length than a piece of this size has, or another size is said beside it.
    Malformed,
    /// All is here, and it matches the hash.
    Whole(Bytes),
    /// All was here and did not match the hash. One peer alone had sent it if it is named here.
    Corrupt(Option<u32>),
}

/// Who has the metadata, what was asked of whom, and what has come. Peers are named by numbers that are never reused.
#[derive(Clone, Debug)]
pub struct MetadataFetch {
    wanted: InfoHash,
    sources: BTreeMap<u32, Source>,
    /// A case for each size that a source says. The first [`CASES_MAX`] have their turn, the others wait.
    cases: Vec<Case>,
}

#[derive(Clone, Debug)]
struct Source {
    size: u32,
    /// Pieces, and when they were asked for.
    asked: Vec<(u32, Time)>,
    rests_until: Time,
    /// When it was last chosen to be the only one.
    chosen: Time,
    /// How often it has left a request without an answer, up to [`LAPSES_MAX`].
    lapses: u32,
}

impl Source {
    fn new(size: u32) -> Source {
        Source { size, asked: Vec::new(), rests_until: Time::ZERO, chosen: Time::ZERO, lapses: 0 }
    }
}

impl MetadataFetch {
    /// Looks for the metadata that have this hash.
    pub fn new(wanted: InfoHash) -> MetadataFetch {
        MetadataFetch { wanted, sources: BTreeMap::new(), cases: Vec::new() }
    }

    /// A peer says that it has them, and how long they are. False if no metadata are as long as that; of one that says
    /// something else than before the first is believed.
    pub fn offer(&mut self, source: u32, size: u32) -> bool {
        if !(1..=METADATA_BYTES_MAX).contains(&size) {
            return false;
        }
        let source = self.sources.entry(source).or_insert(Source::new(size));
        if !self.cases.iter().any(|case| case.size == source.size) {
            self.cases.push(Case::new(source.size));
        }
        true
    }

    /// A peer is gone. What it has sent stays.
    pub fn gone(&mut self, source: u32) {
        let Some(Source { size, .. }) = self.sources.remove(&source) else { return };
        if !self.sources.values().any(|other| other.size == size) {
            return self.cases.retain(|case| case.size != size);
        }
        self.cases.iter_mut().filter(|case| case.sole == Some(source)).for_each(Case::forget);
    }

    /// Gives up on what was not answered, and lets those have their turn who wait. To be called now and then.
    pub fn tick(&mut self, now: Time) {
        for (number, source) in &mut self.sources {
            let is_late = |(_, at): &(u32, Time)| now >= *at + PATIENCE;
            if source.asked.iter().any(is_late)
                && let Some(case) = self.cases.iter_mut().find(|case| case.sole == Some(*number))
            {
                case.forget();
                source.rests_until = now + REST;
            }
            let before = source.asked.len();
            source.asked.retain(|(_, at)| now < *at + REST);
            if source.asked.len() < before {
                source.rests_until = now + REST * (1 << source.lapses);
                source.lapses = (source.lapses + 1).min(LAPSES_MAX);
            }
        }
        for case in self.cases.iter_mut().take(CASES_MAX) {
            case.since.get_or_insert(now);
        }
        let waits = self.cases.len() > CASES_MAX;
        let is_over = |case: &Case| case.since.is_some_and(|since| now >= since + CASE_PATIENCE);
        if waits && let Some(over) = self.cases.iter().take(CASES_MAX).position(is_over) {
            let mut case = self.cases.remove(over);
            case.forget();
            case.since = None;
            self.cases.push(case);
        }
    }

    /// The next piece to ask this peer for, until `None`.
    pub fn ask(&mut self, now: Time, number: u32) -> Option<u32> {
        let source = self.sources.get(&number)?;
        if now < source.rests_until || source.asked.len() >= REQUESTS_MAX {
            return None;
        }
        let size = source.size;
        let case = self.cases.iter_mut().take(CASES_MAX).find(|case| case.size == size)?;
        if case.wants_sole() {
            // Each in turn: else those who say nothing would be chosen again and again.
            let may_be = |(_, source): &(&u32, &Source)| source.size == size && now >= source.rests_until;
            let next =
                self.sources.iter().filter(may_be).min_by_key(|(other, source)| (source.chosen, **other));
            if next.is_some_and(|(next, _)| *next != number) {
                return None;
            }
            case.forget();
            case.sole = Some(number);
            self.sources.get_mut(&number)?.chosen = now;
        }
        if case.sole.is_some_and(|sole| sole != number) {
            return None;
        }
        let is_doubted = case.is_doubted;
        let is_taken = |piece: u32| {
            self.sources.iter().any(|(other, source)| {
                let of_same = source.size == size && (*other == number || !is_doubted);
                let is_timely = |at: Time| *other == number || now < at + PATIENCE;
                of_same && source.asked.iter().any(|(asked, at)| *asked == piece && is_timely(*at))
            })
        };
        let piece = case.missing().find(|piece| !is_taken(*piece))?;
        self.sources.get_mut(&number)?.asked.push((piece, now));
        Some(piece)
    }

    /// A piece has come.
    pub fn data(&mut self, number: u32, piece: u32, total_size: Option<u32>, data: &Bytes) -> Fetched {
        let Some(source) = self.sources.get_mut(&number) else { return Fetched::Unasked };
        let Some(at) = source.asked.iter().position(|(asked, _)| *asked == piece) else {
            return Fetched::Unasked;
        };
        source.asked.remove(at);
        let size = source.size;
        let is_whole_piece = metadata_piece(size, piece).is_some_and(|range| range.len() == data.len());
        if !is_whole_piece || total_size.is_some_and(|said| said != size) {
            return Fetched::Malformed;
        }
        let Some(case) = self.cases.iter_mut().find(|case| case.size == size) else { return Fetched::Kept };
        // Of a doubted case only what the one who is asked now has sent counts.
        if case.sole.is_some_and(|sole| sole != number) || case.wants_sole() {
            return Fetched::Kept;
        }
        case.keep(piece, number, data);
        let Some((bytes, senders)) = case.whole() else { return Fetched::Kept };
        if InfoHash::of(&bytes) == self.wanted {
            return Fetched::Whole(bytes);
        }
        case.forget();
        case.is_doubted = true;
        Fetched::Corrupt(if let [liar] = senders[..] { Some(liar) } else { None })
    }

    /// A peer won't send a piece. False if it was not asked for it.
    pub fn rejected(&mut self, now: Time, number: u32, piece: u32) -> bool {
        let Some(source) = self.sources.get_mut(&number) else { return false };
        let Some(at) = source.asked.iter().position(|(asked, _)| *asked == piece) else { return false };
        source.asked.remove(at);
        source.rests_until = now + REST;
        self.cases.iter_mut().filter(|case| case.sole == Some(number)).for_each(Case::forget);
        true
    }

    /// Peers that say that they have the metadata.
    pub fn sources(&self) -> impl Iterator<Item = u32> + '_ {
        self.sources.keys().copied()
    }

    /// Bytes that have come, of all sizes together.
    pub fn bytes(&self) -> usize {
        self.cases.iter().map(Case::bytes).sum()
    }
}
