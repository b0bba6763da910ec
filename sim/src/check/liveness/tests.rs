//! Each property of liveness fires where it is broken, and only after its time.

use swarmlab_engine::session::{Event, TorrentConfig};
use swarmlab_engine::storage::TorrentKey;
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::check::{Seen, Violation};

use crate::check::stage::Stage;

const TORRENT: TorrentKey = TorrentKey(0);

fn id(violation: Option<Violation>) -> &'static str {
    violation.map_or("none", |violation| violation.property.id)
}

fn slots(upload_slots: u32) -> TorrentConfig {
    TorrentConfig { upload_slots, ..TorrentConfig::default() }
}

fn request(piece: u32, block: u32) -> Message {
    Message::Request(BlockRequest { piece, begin: block << 14, length: 1 << 14 })
}

fn block(piece: u32, block: u32) -> Message {
    Message::Piece { piece, begin: block << 14, data: bytes::Bytes::from_static(&[0; 1 << 14]).into() }
}

#[test]
fn l1_who_can_get_everything_is_to_have_it_in_time() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(0, |_| true, slots(5));
    stage.come(2, |_| false, slots(5));
    assert_eq!(id(stage.wait(800)), "none");
    assert_eq!(id(stage.wait(3_600)), "L1");
}

#[test]
fn l1_says_nothing_where_nobody_serves() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(0, |_| true, slots(0));
    stage.come(2, |_| false, slots(0));
    assert_eq!(id(stage.wait(1_700)), "none");
}

#[test]
fn l2_the_union_of_all_is_enough() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |piece| piece < 4, slots(5));
    stage.come(3, |piece| piece >= 4, slots(5));
    assert_eq!(id(stage.wait(4_000)), "L2");
}

#[test]
fn l2_says_nothing_of_a_piece_that_is_nowhere() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |piece| piece < 4, slots(5));
    stage.come(3, |piece| piece > 4, slots(5));
    assert_eq!(id(stage.wait(1_700)), "none");
}

#[test]
fn l3_nobody_spins() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |_| false, slots(5));
    assert_eq!(id(stage.wait(30)), "none");
    (0..1_000).for_each(|_| stage.see(2, &Seen::TimedOut));
    assert_eq!(id(stage.wait(60)), "L3");
}

#[test]
fn l4_a_request_does_not_wait_for_ever() {
    for answered in [true, false] {
        let mut stage = Stage::new(super::judges(), &[]);
        stage.come(2, |_| false, slots(5));
        let line = stage.meet(2, 0, &Message::HaveAll);
        stage.tell(2, line, &Message::Interested);
        stage.hear(2, line, &Message::Unchoke);
        (0..2).for_each(|at| stage.tell(2, line, &request(0, at)));
        assert_eq!(id(stage.wait(59)), "none");
        if answered {
            stage.hear(2, line, &block(0, 0));
            assert_eq!(id(stage.wait(59)), "none", "it goes on as long as something comes");
        }
        assert_eq!(id(stage.wait(10)), "L4");
    }
}

#[test]
fn l4_one_request_may_stay_with_whom_nothing_is_expected_of() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |_| false, slots(5));
    let line = stage.meet(2, 0, &Message::HaveAll);
    stage.tell(2, line, &Message::Interested);
    stage.hear(2, line, &Message::Unchoke);
    stage.tell(2, line, &request(0, 0));
    stage.wait(20);
    stage.tell(2, line, &Message::Cancel(BlockRequest { piece: 0, begin: 0, length: 1 << 14 }));
    stage.tell(2, line, &request(0, 0));
    assert_eq!(id(stage.wait(600)), "none");
    stage.tell(2, line, &request(0, 1));
    assert_eq!(id(stage.wait(10)), "L4");
}

#[test]
fn l5_a_free_slot_is_given() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(0, |_| true, slots(1));
    let line = stage.meet(0, 2, &Message::HaveNone);
    stage.hear(0, line, &Message::Interested);
    assert_eq!(id(stage.wait(10)), "none");
    assert_eq!(id(stage.wait(10)), "L5");
}

#[test]
fn l6_everybody_has_a_turn() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(0, |_| true, slots(1));
    let lines = [2, 3].map(|with| stage.meet(0, with, &Message::HaveNone));
    lines.iter().for_each(|line| stage.hear(0, *line, &Message::Interested));
    stage.tell(0, lines[0], &Message::Unchoke);
    assert_eq!(id(stage.wait(50)), "none");
    let violation = stage.wait(10);
    assert_eq!(violation.as_ref().map(|violation| &violation.peers[..]), Some(&[0, 2][..]));
    assert_eq!(id(violation), "L6");
}

#[test]
fn l6_bad_luck_in_the_draw_has_an_end() {
    let mut stage = Stage::new(vec![Box::new(super::unchoking::Unchoking::default())], &[]);
    let config = TorrentConfig { choker: "tit-for-tat".into(), ..slots(2) };
    stage.come(2, |_| false, config);
    let lines = [0, 1, 3].map(|with| stage.meet(2, with, &Message::HaveNone));
    lines.iter().for_each(|line| stage.hear(2, *line, &Message::Interested));
    lines[1..].iter().for_each(|line| stage.tell(2, *line, &Message::Unchoke));
    assert_eq!(id(stage.wait(3_000)), "none", "newcomers have three lots");
    let violation = stage.wait(6_000);
    assert_eq!(violation.as_ref().map(|violation| &violation.peers[..]), Some(&[2, 0][..]));
    assert_eq!(id(violation), "L6");
}

#[test]
fn l7_an_innocent_peer_is_not_banned() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |_| false, slots(5));
    stage.say(2, &Event::PeerBanned { torrent: TORRENT, remote: ([10, 0, 0, 0], 6881).into() });
    assert_eq!(id(stage.wait(1)), "L7");
}

#[test]
fn l7_a_culprit_is_found() {
    let mut stage = Stage::new(super::judges(), &["peers.seed.behaviour=corrupts"]);
    stage.come(2, |_| false, slots(5));
    let line = stage.meet(2, 0, &Message::HaveAll);
    for failures in 1..200 {
        stage.tell(2, line, &request(3, 0));
        stage.hear(2, line, &block(3, 0));
        stage.say(2, &Event::PieceFailed { torrent: TORRENT, piece: 3 });
        let found = stage.wait(1);
        assert!(found.is_none() || failures > 10, "{failures} failures are too few");
        if found.is_some() {
            return assert_eq!(id(found), "L7");
        }
    }
    panic!("never found");
}

#[test]
fn l8_a_block_that_a_stalled_peer_owes_is_asked_for_elsewhere() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |piece| piece > 0, slots(5));
    let lines = [0, 1].map(|with| stage.meet(2, with, &Message::HaveAll));
    for line in lines {
        stage.tell(2, line, &Message::Interested);
        stage.hear(2, line, &Message::Unchoke);
    }
    for at in 0..3 {
        stage.tell(2, lines[0], &request(0, at));
        stage.hear(2, lines[0], &block(0, at));
    }
    stage.tell(2, lines[0], &request(0, 3));
    stage.wait(20);
    // It is taken back, and given to the same one again.
    stage.tell(2, lines[0], &Message::Cancel(BlockRequest { piece: 0, begin: 3 << 14, length: 1 << 14 }));
    stage.tell(2, lines[0], &request(0, 3));
    let violation = stage.wait(200);
    assert_eq!(violation.as_ref().map(|violation| &violation.peers[..]), Some(&[2, 1][..]));
    assert_eq!(id(violation), "L8");
}

#[test]
fn l9_what_the_disk_has_is_not_fetched() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |piece| piece == 5, slots(5));
    let line = stage.meet(2, 0, &Message::HaveAll);
    stage.tell(2, line, &Message::Interested);
    stage.hear(2, line, &Message::Unchoke);
    stage.tell(2, line, &request(4, 0));
    assert_eq!(id(stage.wait(1)), "none");
    stage.tell(2, line, &request(5, 0));
    assert_eq!(id(stage.wait(1)), "L9");
}

#[test]
fn l10_the_tracker_is_asked_again() {
    let mut stage = Stage::new(super::judges(), &[]);
    stage.come(2, |_| false, slots(5));
    (0..3).for_each(|_| stage.say(2, &Event::AnnounceFailed { torrent: TORRENT, error: String::new() }));
    assert_eq!(id(stage.wait(60)), "none", "15 s, twice doubled");
    assert_eq!(id(stage.wait(10)), "L10");
}

#[test]
fn l11_seeds_have_nothing_to_say_to_each_other() {
    let mut stage = Stage::new(super::judges(), &[]);
    [0, 1].into_iter().for_each(|peer| stage.come(peer, |_| true, slots(5)));
    let line = stage.meet(0, 1, &Message::HaveAll);
    assert_eq!(id(stage.wait(400)), "none");
    stage.tell(0, line, &block(0, 0));
    assert_eq!(id(stage.wait(60)), "L11");
}
