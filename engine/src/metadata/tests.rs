use std::collections::BTreeSet;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::metainfo::InfoHash;
use crate::time::Time;
use crate::wire::metadata_message::{METADATA_BYTES_MAX, METADATA_PIECE_BYTES, metadata_piece};

fn bytes(size: u32) -> Bytes {
    (0..size).map(|at| (at * 7 + at / 251) as u8).collect()
}

fn piece_of(metadata: &Bytes, piece: u32) -> Bytes {
    metadata.slice(metadata_piece(metadata.len() as u32, piece).unwrap())
}

/// How a source answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Honest,
    /// The right size, wrong bytes.
    Lies,
    /// Another size; the bytes are as long as it says.
    LiesOfSize(u32),
    Rejects,
    Silent,
}

fn manner() -> impl Strategy<Value = Manner> {
    prop_oneof![
        Just(Manner::Honest),
        Just(Manner::Lies),
        (1..4 * METADATA_PIECE_BYTES).prop_map(Manner::LiesOfSize),
        Just(Manner::Rejects),
        Just(Manner::Silent),
    ]
}

struct Scene {
    metadata: Bytes,
    fetch: MetadataFetch,
    manners: Vec<Manner>,
    /// Proved to have lied, and turned away.
    turned_away: BTreeSet<u32>,
    asked: u32,
}

impl Scene {
    fn new(size: u32, manners: Vec<Manner>) -> Scene {
        let metadata = bytes(size);
        let mut fetch = MetadataFetch::new(InfoHash::of(&metadata));
        for (source, manner) in (0..).zip(&manners) {
            let said = if let Manner::LiesOfSize(said) = manner { *said } else { size };
            assert!(fetch.offer(source, said));
        }
        Scene { metadata, fetch, manners, turned_away: BTreeSet::new(), asked: 0 }
    }

    /// One second; the metadata, if they have come.
    fn second(&mut self, now: Time) -> Option<Bytes> {
        self.fetch.tick(now);
        for source in 0..self.manners.len() as u32 {
            let mut asked_at_once = 0;
            while let Some(piece) = self.fetch.ask(now, source) {
                self.asked += 1;
                asked_at_once += 1;
                assert!(asked_at_once <= 1_000, "it is asked without end");
                let data = match self.manners[source as usize] {
                    Manner::Honest => piece_of(&self.metadata, piece),
                    Manner::Lies => piece_of(&self.metadata, piece).iter().map(|byte| !byte).collect(),
                    Manner::LiesOfSize(size) => piece_of(&bytes(size + 1).slice(1..), piece),
                    Manner::Rejects => {
                        assert!(self.fetch.rejected(now, source, piece));
                        continue;
                    }
                    Manner::Silent => continue,
                };
                match self.fetch.data(source, piece, None, &data) {
                    Fetched::Kept => {}
                    Fetched::Whole(whole) => return Some(whole),
                    Fetched::Corrupt(Some(liar)) => {
                        assert_ne!(self.manners[liar as usize], Manner::Honest);
                        self.fetch.gone(liar);
                        self.turned_away.insert(liar);
                    }
                    Fetched::Corrupt(None) => {}
                    other => panic!("{other:?} of source {source}"),
                }
            }
        }
        None
    }

    fn run(&mut self, seconds: u64) -> Option<(u64, Bytes)> {
        (0..seconds).find_map(|second| Some((second, self.second(Time::from_secs(second))?)))
    }
}

proptest! {
    /// One honest source is enough, whatever the others do.
    #[test]
    fn an_honest_source_among_liars_is_found(
        size in 1..5 * METADATA_PIECE_BYTES,
        mut manners in proptest::collection::vec(manner(), 0..12),
        at in 0usize..12,
    ) {
        manners.insert(at.min(manners.len()), Manner::Honest);
        let mut scene = Scene::new(size, manners);
        let found = scene.run(3_600);
        prop_assert_eq!(found.map(|(_, whole)| whole), Some(scene.metadata));
    }

    /// Without an honest one nothing is believed, and nobody is asked in a loop.
    #[test]
    fn liars_alone_are_not_believed(
        size in 1..3 * METADATA_PIECE_BYTES,
        manners in proptest::collection::vec(manner().prop_filter("honest", |manner| *manner != Manner::Honest), 0..8),
    ) {
        let mut scene = Scene::new(size, manners);
        prop_assert_eq!(scene.run(600), None);
        prop_assert!(scene.asked <= 200 * scene.manners.len() as u32, "{} requests", scene.asked);
    }
}

#[test]
fn honest_sources_share_the_work() {
    let size = 8 * METADATA_PIECE_BYTES;
    let mut fetch = MetadataFetch::new(InfoHash::of(&bytes(size)));
    let mut asked = Vec::new();
    for source in 0..4 {
        assert!(fetch.offer(source, size));
        asked.extend(std::iter::from_fn(|| fetch.ask(Time::ZERO, source)));
    }
    assert_eq!(asked, [0, 1, 2, 3, 4, 5, 6, 7]);
    let late = Time::ZERO + PATIENCE;
    assert!(fetch.offer(9, size));
    assert_eq!(fetch.ask(late, 9), Some(0), "who is late is not waited for");
}

#[test]
fn sizes_that_cannot_be_are_no_offer() {
    let mut fetch = MetadataFetch::new(InfoHash([0; 20]));
    assert!(!fetch.offer(1, 0));
    assert!(!fetch.offer(1, METADATA_BYTES_MAX + 1));
    assert!(fetch.offer(1, METADATA_BYTES_MAX));
    assert_eq!(fetch.sources().collect::<Vec<_>>(), [1]);
}

#[test]
fn what_was_not_asked_for_or_does_not_fit_is_told() {
    let metadata = bytes(20_000);
    let mut fetch = MetadataFetch::new(InfoHash::of(&metadata));
    let data = piece_of(&metadata, 0);
    assert_eq!(fetch.data(1, 0, None, &data), Fetched::Unasked);
    assert!(fetch.offer(1, 20_000));
    assert_eq!(fetch.data(1, 0, None, &data), Fetched::Unasked);
    assert_eq!(fetch.ask(Time::ZERO, 1), Some(0));
    assert_eq!(fetch.data(1, 0, Some(20_001), &data), Fetched::Malformed);
    assert_eq!(fetch.ask(Time::ZERO, 1), Some(0));
    assert_eq!(fetch.data(1, 0, Some(20_000), &data.slice(1..)), Fetched::Malformed);
    assert!(!fetch.rejected(Time::ZERO, 1, 7));
    assert_eq!(fetch.bytes(), 0);
}

#[test]
fn of_sizes_beyond_the_bound_each_has_its_turn() {
    let mut fetch = MetadataFetch::new(InfoHash([0; 20]));
    let sources = CASES_MAX as u32 + 1;
    (0..sources).for_each(|source| assert!(fetch.offer(source, 1 + source)));
    let served = |fetch: &mut MetadataFetch, now| {
        fetch.tick(now);
        (0..sources).filter(|source| fetch.ask(now, *source).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(served(&mut fetch, Time::ZERO), [0, 1, 2, 3]);
    assert_eq!(served(&mut fetch, Time::ZERO + CASE_PATIENCE), [4], "those who have not answered rest");
}

#[test]
fn a_peer_gets_the_metadata_a_bounded_number_of_times() {
    let mut serve = MetadataServe::default();
    assert!(!serve.push(3, 3), "there is no such piece");
    for _ in 0..COPIES_MAX {
        (0..3).for_each(|piece| assert!(serve.push(piece, 3)));
        assert!(!serve.push(0, 3), "it waits already");
        assert_eq!(serve.waiting(), 3);
        assert_eq!(std::iter::from_fn(|| serve.pop()).collect::<Vec<_>>(), [0, 1, 2]);
    }
    assert!(!serve.push(0, 3));
}
