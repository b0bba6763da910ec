//! What a super seed tells of (S46).

use crate::check::conduct::super_seeding::SuperSeeding;

use super::*;

/// Peer 0 is a super seed with two peers that have nothing, and tells them of these pieces.
fn super_seed(told: [&[u32]; 2]) -> (Stage, [ConnectionId; 2]) {
    let mut stage = Stage::new(vec![Box::new(SuperSeeding::default())], &[]);
    stage.come_with_everything(0, TorrentConfig { super_seeding: true, ..TorrentConfig::default() });
    let lines = [2, 3].map(|with| {
        let line = stage.meet(0, with, &Message::HaveNone);
        stage.tell(0, line, &Message::HaveNone);
        line
    });
    for (line, pieces) in lines.into_iter().zip(told) {
        pieces.iter().for_each(|piece| stage.tell(0, line, &Message::Have(*piece)));
        stage.settle(0);
    }
    (stage, lines)
}

#[test]
fn s46_each_peer_is_told_of_two_pieces_that_are_its_own_to_spread() {
    for (told, expected) in [
        ([&[0, 1][..], &[2, 3][..]], "none"),
        ([&[0, 1, 4], &[2, 3]], "S46"),
        ([&[0, 1], &[2, 1]], "S46"),
        ([&[0, 1], &[]], "S46"),
        ([&[0, 1], &[2]], "S46"),
    ] {
        let (mut stage, _) = super_seed(told);
        assert_eq!(id(stage.wait(20)), expected, "{told:?}");
    }
}

#[test]
fn s46_more_is_told_to_whoever_has_passed_a_piece_on() {
    // Who has piece 0 by then, how long it waits, and what the first peer is told of next.
    for (holders, waits, piece, expected) in [
        (&[0][..], 1, 4, "S46"),
        (&[0, 1], 1, 4, "none"),
        (&[0, 1], 1, 0, "S46"),
        (&[0], 61, 4, "none"),
        (&[1], 61, 4, "S46"),
    ] {
        let (mut stage, lines) = super_seed([&[0, 1], &[2, 3]]);
        holders.iter().for_each(|at| stage.hear(0, lines[*at], &Message::Have(0)));
        stage.settle(0);
        assert_eq!(id(stage.wait(waits)), "none");
        stage.tell(0, lines[0], &Message::Have(piece));
        stage.settle(0);
        assert_eq!(id(stage.wait(1)), expected, "{holders:?} after {waits} s, and piece {piece}");
    }
}

#[test]
fn s46_all_is_told_when_all_is_out() {
    for is_told in [true, false] {
        let (mut stage, lines) = super_seed([&[0, 1], &[2, 3]]);
        (0..4).for_each(|piece| stage.hear(0, lines[0], &Message::Have(piece)));
        (4..8).for_each(|piece| stage.hear(0, lines[1], &Message::Have(piece)));
        stage.settle(0);
        if is_told {
            (4..8).for_each(|piece| stage.tell(0, lines[0], &Message::Have(piece)));
            (0..2).for_each(|piece| stage.tell(0, lines[1], &Message::Have(piece)));
        }
        stage.settle(0);
        assert_eq!(id(stage.wait(15)), if is_told { "none" } else { "S46" });
    }
}
