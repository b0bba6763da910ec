//! What clients could do to their disks, and which property forbids it.

use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::session::{Event, StartWith, TorrentConfig};
use swarmlab_engine::storage::{DiskDone, DiskJob, JobId, Outcome, TorrentKey, Work};
use swarmlab_engine::time::Time;

use super::*;
use crate::check::stand::{Stand, session};

const TORRENT: TorrentKey = TorrentKey(0);
/// Has nothing at first.
const LEECHER: u32 = 2;

/// One thing that a client does, or that happens to it.
#[derive(Clone, Debug)]
enum Act {
    Comes(StartWith),
    /// A right block, or a wrong one.
    Writes(u32, u32, bool),
    /// A block for which there is no room.
    FailsToWrite(u32, u32),
    Verifies(u32, bool),
    Reads(u32),
    SaysVerified(u32),
    SaysFailed(u32),
    SaysCompleted,
    /// It settles, and holds this.
    Holds(StartWith),
    Leaves,
    Crashes,
}
use Act::*;

fn act(stand: &Stand, act: Act, mut see: impl FnMut(&Seen<'_>)) {
    let torrent = TORRENT;
    let mut disk = |work, outcome| {
        see(&Seen::DiskAsked(&DiskJob { id: JobId(7), torrent, work }));
        see(&Seen::DiskAnswered(&DiskDone { id: JobId(7), torrent, outcome }));
    };
    let write = |piece, block, right| {
        let bytes = stand.content.block(piece, block);
        let data = if right { bytes } else { bytes.iter().map(|byte| !byte).collect() };
        Work::Write { piece, begin: block * BLOCK_BYTES, data: data.into() }
    };
    match act {
        Writes(piece, block, right) => disk(write(piece, block, right), Outcome::Written(Ok(()))),
        FailsToWrite(piece, block) => {
            let error = swarmlab_engine::storage::DiskError {
                kind: swarmlab_engine::storage::DiskErrorKind::Full,
                text: String::new(),
            };
            disk(write(piece, block, true), Outcome::Written(Err(error)));
        }
        Verifies(piece, right) => disk(Work::Verify { piece }, Outcome::Verified(Ok(right))),
        Reads(piece) => disk(
            Work::Read { piece, begin: 0, length: BLOCK_BYTES },
            Outcome::Read(Ok(stand.content.block(piece, 0))),
        ),
        SaysVerified(piece) => see(&Seen::Said(&Event::PieceVerified { torrent, piece })),
        SaysFailed(piece) => see(&Seen::Said(&Event::PieceFailed { torrent, piece })),
        SaysCompleted => see(&Seen::Said(&Event::Completed { torrent })),
        Holds(start) => see(&Seen::Settled(&session(stand, start))),
        Comes(start) => see(&Seen::Came {
            session: &session(stand, start.clone()),
            is_judged: true,
            start,
            config: &TorrentConfig::default(),
        }),
        Leaves => {
            see(&Seen::Said(&Event::Stopped));
            see(&Seen::Gone);
        }
        Crashes => see(&Seen::Gone),
    }
}

fn judge(stand: &Stand, peer: u32, acts: &[Act]) -> Option<&'static str> {
    let mut disks = Disks::default();
    stand.violation(Time::ZERO, |bench| {
        acts.iter().for_each(|one| act(stand, one.clone(), |seen| disks.see(bench, peer, seen)));
    })
}

const FETCHED: [Act; 4] = [Writes(0, 0, true), Writes(0, 1, true), Verifies(0, true), SaysVerified(0)];

#[test]
fn a_download_in_order_is_right_and_each_deviation_is_not() {
    let stand = Stand::new();
    let spoilt = [Writes(0, 0, true), Writes(0, 1, false), Verifies(0, false), SaysFailed(0)];
    let cases: &[(Option<&str>, &[&[Act]])] = &[
        (None, &[&FETCHED, &[Reads(0)]]),
        (None, &[&spoilt, &FETCHED]),
        (None, &[&[FailsToWrite(0, 0)], &FETCHED]),
        (Some("S13"), &[&[Reads(0)]]),
        (Some("S13"), &[&spoilt, &[Reads(0)]]),
        (Some("S15"), &[&[SaysVerified(0)]]),
        (Some("S15"), &[&[Writes(0, 0, true), Verifies(0, true)]]),
        (Some("S15"), &[&[FailsToWrite(0, 0), Writes(0, 1, true), Verifies(0, false)]]),
        (Some("S15"), &[&spoilt, &[SaysVerified(0)]]),
        (Some("S15"), &[&spoilt, &[Writes(0, 1, true), Verifies(0, false)]]),
        (Some("S15"), &[&FETCHED, &[SaysFailed(0)]]),
        (Some("S17"), &[&[Writes(0, 0, true), Writes(0, 1, false), Verifies(0, true)]]),
        (Some("S17"), &[&[Writes(0, 0, true), Writes(0, 1, true), Verifies(0, false)]]),
        (Some("S16"), &[&FETCHED, &[SaysVerified(0)]]),
        (Some("S16"), &[&FETCHED, &[Writes(0, 0, true)]]),
        (Some("S16"), &[&FETCHED, &[Holds(StartWith::Everything)]]),
        (Some("S5"), &[&[Writes(0, 0, true), Writes(0, 0, true)]]),
        (Some("S17"), &[&FETCHED, &[SaysCompleted]]),
    ];
    for (expected, acts) in cases {
        let acts = [&[Comes(StartWith::Nothing)], &acts.concat()[..]].concat();
        assert_eq!(judge(&stand, LEECHER, &acts), *expected, "{acts:?}");
    }
}

#[test]
fn a_seed_holds_everything_and_says_so_once() {
    let stand = Stand::new();
    let seed = || Comes(StartWith::Everything);
    for (expected, peer, acts) in [
        (None, 0, &[seed(), SaysCompleted, Holds(StartWith::Everything), Reads(1)][..]),
        (Some("S17"), 0, &[seed(), SaysCompleted, SaysCompleted]),
        (Some("S16"), 0, &[seed(), SaysCompleted, Holds(StartWith::Nothing)]),
        (Some("S16"), LEECHER, &[seed()]),
    ] {
        assert_eq!(judge(&stand, peer, acts), expected, "{acts:?}");
    }
}

#[test]
fn what_is_left_after_a_crash_is_what_the_scenario_says() {
    let crash = |keeps: &str| {
        format!("[[events]]\nat = \"1 s\"\nfor = \"1 s\"\ncrash = {{ peers = \"two\", keeps = \"{keeps}\" }}")
    };
    let (back, half) = (Comes(StartWith::Check), [Writes(1, 0, true)]);
    for (keeps, end, found, expected) in [
        ("everything", Crashes, [true, false], None),
        ("everything", Crashes, [false, false], Some("S17")),
        ("synced", Crashes, [true, false], None),
        ("synced", Crashes, [false, false], Some("S17")),
        ("nothing", Crashes, [false, false], None),
        ("nothing", Crashes, [true, false], None),
        // What was never written is nowhere.
        ("nothing", Crashes, [true, true], Some("S17")),
        ("nothing", Leaves, [false, false], Some("S17")),
    ] {
        let stand = Stand::with(&crash(keeps));
        let checked = [Verifies(0, found[0]), Verifies(1, found[1])];
        let acts =
            [&[Comes(StartWith::Nothing)], &FETCHED[..], &half, &[end.clone(), back.clone()], &checked]
                .concat();
        assert_eq!(judge(&stand, LEECHER, &acts), expected, "{keeps}, {end:?}, {found:?}");
    }
}

#[test]
fn each_piece_is_looked_at_once_before_the_download() {
    let stand = Stand::new();
    let acts = [Comes(StartWith::Check), Verifies(0, false), Verifies(0, false)];
    assert_eq!(judge(&stand, LEECHER, &acts), Some("S15"));
    let acts = [&acts[..2], &FETCHED].concat();
    assert_eq!(judge(&stand, LEECHER, &acts), None);
}
