//! Each rule of conduct fires where it is broken, and not where there was a reason.

mod limits;
mod super_seeding;

use swarmlab_engine::session::{CloseReason, ConnectionId, Event, Misbehaviour, TorrentConfig};
use swarmlab_engine::storage::TorrentKey;
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::check::stage::Stage;
use crate::check::{Seen, Violation};

const TORRENT: TorrentKey = TorrentKey(0);

fn id(violation: Option<Violation>) -> &'static str {
    violation.map_or("none", |violation| violation.property.id)
}

fn stage() -> Stage {
    Stage::new(super::judges(), &[])
}

fn with_picker(picker: &str) -> TorrentConfig {
    TorrentConfig { picker: picker.into(), ..TorrentConfig::default() }
}

fn of(piece: u32, block: u32) -> BlockRequest {
    BlockRequest { piece, begin: block << 14, length: 1 << 14 }
}

fn request(piece: u32, block: u32) -> Message {
    Message::Request(of(piece, block))
}

fn block(piece: u32, block: u32) -> Message {
    Message::Piece { piece, begin: block << 14, data: bytes::Bytes::from_static(&[0; 1 << 14]).into() }
}

fn bitfield(has: impl Fn(u32) -> bool) -> Message {
    let byte = (0..8).filter(|piece| has(*piece)).map(|piece| 0x80 >> piece).sum::<u8>();
    Message::Bitfield(bytes::Bytes::copy_from_slice(&[byte]))
}

/// Peer 2 may ask this one for anything that it has.
fn served_by(stage: &mut Stage, with: u32, theirs: &Message) -> ConnectionId {
    let line = stage.meet(2, with, theirs);
    stage.tell(2, line, &Message::Interested);
    stage.hear(2, line, &Message::Unchoke);
    stage.settle(2);
    line
}

/// What peer 2 asks first, with this picker and so many pieces: peer 0 has all, peer 1 all but the last.
fn picked(picker: &str, held: u32, piece: u32) -> &'static str {
    let mut stage = stage();
    stage.come(2, |piece| piece < held, with_picker(picker));
    let line = served_by(&mut stage, 0, &Message::HaveAll);
    stage.meet(2, 1, &bitfield(|piece| piece < 7));
    stage.settle(2);
    stage.tell(2, line, &request(piece, 0));
    stage.settle(2);
    id(stage.wait(1))
}

#[test]
fn s33_the_rarest_piece_is_begun_first() {
    assert_eq!(picked("rarest-first", 4, 7), "none");
    assert_eq!(picked("rarest-first", 4, 5), "S33");
    assert_eq!(picked("rarest-first", 3, 5), "none", "the first four are chosen at random");
    assert_eq!(picked("random", 4, 5), "none");
    assert_eq!(picked("sequential", 4, 4), "none");
    assert_eq!(picked("sequential", 4, 5), "S33");
    for picker in ["rarest-first-pure", "whole-pieces", "deadline", "window"] {
        assert_eq!((picked(picker, 4, 7), picked(picker, 4, 5)), ("none", "S33"), "{picker}");
    }
    assert_eq!(picked("rarest-first-pure", 3, 5), "S33");
    assert_eq!(picked("rarest-first-late", 4, 5), "none", "it is early");
    for picker in ["bitos", "portion", "mixed"] {
        assert_eq!(picked(picker, 4, 5), "none", "{picker} has reasons that nobody sees");
    }
}

#[test]
fn s33_who_hears_of_pieces_meanwhile_is_not_judged() {
    let mut stage = stage();
    stage.come(2, |piece| piece < 4, with_picker("rarest-first"));
    let line = served_by(&mut stage, 0, &Message::HaveAll);
    stage.meet(2, 1, &bitfield(|piece| piece < 7));
    stage.tell(2, line, &request(5, 0));
    stage.settle(2);
    assert_eq!(id(stage.wait(1)), "none");
}

#[test]
fn l7_who_alone_has_sent_a_bad_piece_is_banned_at_once() {
    for is_banned in [true, false] {
        let mut stage = stage();
        stage.come(2, |_| false, TorrentConfig::default());
        let line = served_by(&mut stage, 0, &Message::HaveAll);
        for at in 0..4 {
            stage.tell(2, line, &request(3, at));
            stage.hear(2, line, &block(3, at));
        }
        stage.say(2, &Event::PieceFailed { torrent: TORRENT, piece: 3 });
        if is_banned {
            stage.see(2, &Seen::Closed { connection: line, by_itself: true });
        }
        stage.settle(2);
        assert_eq!(id(stage.wait(1)), if is_banned { "none" } else { "L7" });
    }
}

#[test]
fn s34_suspects_fetch_pieces_alone() {
    for (piece, expected) in [(4, "none"), (5, "S34")] {
        let mut stage = stage();
        stage.come(2, |_| false, with_picker("random"));
        let lines = [0, 1].map(|with| served_by(&mut stage, with, &Message::HaveAll));
        for (at, line) in [0, 1, 2, 3].into_iter().zip(lines.into_iter().cycle()) {
            stage.tell(2, line, &request(3, at));
            stage.hear(2, line, &block(3, at));
        }
        stage.say(2, &Event::PieceFailed { torrent: TORRENT, piece: 3 });
        stage.settle(2);
        stage.tell(2, lines[0], &request(5, 0));
        stage.settle(2);
        stage.tell(2, lines[1], &request(piece, 0));
        stage.settle(2);
        assert_eq!(id(stage.wait(1)), expected);
    }
}

/// Peer 2 has two slots. Peers 0 and 1 have never sent it anything; peer 3 has, so many seconds before the round.
fn round_after(seconds: u64) -> &'static str {
    let mut stage = stage();
    stage.come(2, |_| false, TorrentConfig { upload_slots: 2, ..TorrentConfig::default() });
    let lines = [0, 1, 3].map(|with| served_by(&mut stage, with, &bitfield(|piece| piece < 4)));
    lines.iter().for_each(|line| stage.hear(2, *line, &Message::Interested));
    lines.iter().for_each(|line| stage.tell(2, *line, &Message::Unchoke));
    stage.settle(2);
    stage.wait(40 - seconds);
    stage.tell(2, lines[2], &request(0, 0));
    stage.hear(2, lines[2], &block(0, 0));
    stage.settle(2);
    stage.wait(seconds);
    stage.see(2, &Seen::TimedOut);
    stage.tell(2, lines[2], &Message::Choke);
    stage.settle(2);
    id(stage.wait(1))
}

#[test]
fn s35_a_round_keeps_who_has_earned_it() {
    assert_eq!(round_after(5), "S35");
    assert_eq!(round_after(15), "none", "that is too long ago to be sure");
}

#[test]
fn s36_nobody_is_given_up_before_its_time() {
    for (waits, expected) in [(19, "S36"), (20, "none")] {
        let mut stage = stage();
        stage.come(2, |_| false, with_picker("random"));
        let line = served_by(&mut stage, 0, &Message::HaveAll);
        stage.tell(2, line, &request(0, 0));
        stage.settle(2);
        stage.wait(waits);
        stage.tell(2, line, &Message::Cancel(of(0, 0)));
        stage.settle(2);
        assert_eq!(id(stage.wait(1)), expected, "after {waits} s");
    }
}

#[test]
fn s36_what_another_has_brought_is_not_waited_for() {
    let mut stage = stage();
    stage.come(2, |_| false, with_picker("random"));
    let lines = [0, 1].map(|with| served_by(&mut stage, with, &Message::HaveAll));
    lines.iter().for_each(|line| stage.tell(2, *line, &request(0, 0)));
    stage.settle(2);
    stage.hear(2, lines[0], &block(0, 0));
    stage.tell(2, lines[1], &Message::Cancel(of(0, 0)));
    stage.settle(2);
    assert_eq!(id(stage.wait(1)), "none");
}

#[test]
fn s36_who_rejects_is_not_asked_again_at_once() {
    for (pause, expected) in [(0, "S36"), (1, "none")] {
        let mut stage = stage();
        stage.come(2, |_| false, with_picker("random"));
        let line = served_by(&mut stage, 0, &Message::HaveAll);
        for _ in 0..8 {
            stage.tell(2, line, &request(0, 0));
            stage.hear(2, line, &Message::RejectRequest(of(0, 0)));
            stage.settle(2);
            stage.wait(pause);
        }
        assert_eq!(id(stage.wait(1)), expected, "{pause} s between");
    }
}

#[test]
fn s37_only_who_breaks_a_rule_is_turned_away() {
    let turned_away = |overrides: &[&str], reason: CloseReason| {
        let mut stage = Stage::new(super::judges(), overrides);
        stage.come(2, |_| false, TorrentConfig::default());
        let connection = stage.meet(2, 0, &Message::HaveAll);
        stage.see(2, &Seen::Closed { connection, by_itself: true });
        stage.say(2, &Event::PeerDisconnected { torrent: TORRENT, connection, reason });
        id(stage.wait(1))
    };
    let misbehaved = CloseReason::Misbehaved(Misbehaviour::RejectUnasked);
    assert_eq!(turned_away(&[], misbehaved), "S37");
    assert_eq!(turned_away(&["peers.seed.behaviour=rejects-all"], misbehaved), "none");
    assert_eq!(turned_away(&[], CloseReason::Idle), "none");
}

#[test]
fn s38_silence_has_an_end() {
    let mut stage = stage();
    stage.come(2, |_| false, TorrentConfig::default());
    let line = stage.meet(2, 0, &Message::HaveAll);
    assert_eq!(id(stage.wait(100)), "none");
    stage.tell(2, line, &Message::KeepAlive);
    assert_eq!(id(stage.wait(80)), "none");
    assert_eq!(id(stage.wait(6)), "S38", "it has heard nothing for three minutes");
    let mut stage = self::stage();
    stage.come(2, |_| false, TorrentConfig::default());
    stage.meet(2, 0, &Message::HaveAll);
    assert_eq!(id(stage.wait(106)), "S38", "it has said nothing for 100 s");
}

#[test]
fn s38_who_does_not_introduce_itself_is_not_waited_for() {
    let mut stage = stage();
    stage.come(2, |_| false, TorrentConfig::default());
    stage.open_with(2, 0);
    assert_eq!(id(stage.wait(40)), "none");
    assert_eq!(id(stage.wait(6)), "S38");
}

#[test]
fn s41_blocks_are_asked_for_ahead() {
    for (ahead, expected) in [(1, "S41"), (2, "none")] {
        let mut stage = stage();
        stage.come(2, |_| false, with_picker("random"));
        let line = served_by(&mut stage, 0, &Message::HaveAll);
        let mut asked = (0..5).flat_map(|piece| (0..4).map(move |at| (piece, at)));
        let mut waiting: Vec<(u32, u32)> = Vec::new();
        for _ in 0..12 {
            while waiting.len() < ahead {
                let (piece, at) = asked.next().unwrap();
                stage.tell(2, line, &request(piece, at));
                waiting.push((piece, at));
            }
            let (piece, at) = waiting.remove(0);
            stage.hear(2, line, &block(piece, at));
            stage.settle(2);
        }
        assert_eq!(id(stage.wait(1)), expected, "{ahead} ahead");
    }
}

#[test]
fn s39_a_full_disk_ends_all_requests_for_a_while() {
    for (waits, expected) in [(14, "S39"), (15, "none")] {
        let mut stage = stage();
        stage.come(2, |_| false, with_picker("random"));
        let line = served_by(&mut stage, 0, &Message::HaveAll);
        stage.say(2, &Event::DiskFull { torrent: TORRENT, error: String::new() });
        stage.settle(2);
        stage.wait(waits);
        stage.tell(2, line, &request(0, 0));
        assert_eq!(id(stage.wait(1)), expected, "after {waits} s");
    }
}

/// What a seed with two suitors suggests to the second, after piece 3 was suggested to the first.
fn suggested(piece: u32, before: impl FnOnce(&mut Stage, ConnectionId)) -> &'static str {
    let mut stage = stage();
    stage.come(2, |_| true, TorrentConfig::default());
    let [first, second] = [0, 1].map(|with| {
        let line = stage.meet(2, with, &Message::HaveNone);
        stage.hear(2, line, &Message::Interested);
        stage.tell(2, line, &Message::Unchoke);
        line
    });
    stage.settle(2);
    stage.tell(2, first, &Message::SuggestPiece(3));
    stage.settle(2);
    before(&mut stage, first);
    stage.settle(2);
    stage.tell(2, second, &Message::SuggestPiece(piece));
    stage.settle(2);
    id(stage.wait(1))
}

#[test]
fn s43_nothing_is_suggested_to_two_nor_what_is_there() {
    assert_eq!(suggested(4, |_, _| {}), "none");
    assert_eq!(suggested(3, |_, _| {}), "S43", "it was suggested to another");
    assert_eq!(
        suggested(3, |stage, first| stage.tell(2, first, &Message::Choke)),
        "none",
        "whose turn is over"
    );
    assert_eq!(
        suggested(5, |stage, first| stage.hear(2, first, &Message::Have(5))),
        "S43",
        "the first has it"
    );
}
