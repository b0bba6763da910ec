//! Peers that say nothing, or not what they owe.

use bytes::Bytes;
use swarmlab_engine::session::{CloseReason, TorrentConfig};
use swarmlab_engine::torrent::Waste;
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Lab, Torrent, quiet};

fn snubs(lab: &Lab) -> u32 {
    lab.client.session.progress(lab.client.key).totals.snubs
}

#[test]
fn a_quiet_connection_is_kept_alive_while_the_other_side_lives() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let peer = lab.greet(1, true);
    lab.heard(peer);
    for minute in 1..=20 {
        lab.advance(60);
        lab.say(peer, &Message::KeepAlive);
        assert!(lab.is_open(peer), "minute {minute}");
    }
    let heard = lab.heard(peer);
    assert!(heard.iter().all(|message| matches!(message, Message::KeepAlive)));
    assert!((10..=13).contains(&heard.len()), "{} keep-alives in 20 minutes", heard.len());
}

#[test]
fn a_silent_peer_is_dropped_after_the_idle_timeout() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let peer = lab.greet(1, true);
    lab.advance(179);
    assert!(lab.is_open(peer));
    lab.advance(2);
    assert_eq!(lab.reason(peer), Some(CloseReason::Idle));
}

#[test]
fn a_peer_that_reads_nothing_is_not_sent_a_keep_alive_each_second() {
    let mut lab = Lab::seed(&Torrent::pieces(8));
    let peer = lab.greet(1, true);
    lab.heard(peer);
    lab.set_deaf(peer, true);
    for _ in 0..30 {
        lab.advance(60);
        lab.say(peer, &Message::KeepAlive);
    }
    lab.set_deaf(peer, false);
    assert_eq!(lab.heard(peer).len(), 1, "one sign of life is enough while it was not taken");
}

#[test]
fn what_a_snubbing_peer_owes_is_asked_elsewhere_and_it_can_recover() {
    for fast in [true, false] {
        let torrent = Torrent::pieces(40);
        let mut lab = Lab::leech(&torrent);
        let slow = lab.greet_seed(1, fast);
        let owed = lab.asked(slow);
        assert!(owed.len() >= 4);
        lab.advance(19);
        assert_eq!(snubs(&lab), 0);
        lab.advance(3);
        assert_eq!(snubs(&lab), 1);
        let heard = lab.heard(slow);
        let cancelled = heard.iter().filter(|message| matches!(message, Message::Cancel(_))).count();
        assert_eq!(cancelled, owed.len(), "what is not wanted any more is cancelled");
        let asked_again = heard.iter().filter(|message| matches!(message, Message::Request(_))).count();
        assert_eq!(asked_again, 1, "one request stays with it, so that it can recover");

        let other = lab.greet_seed(2, fast);
        lab.serve(other);
        for _ in 0..30 {
            lab.advance(1);
            lab.serve(other);
        }
        let missing = 40 - lab.client.session.progress(lab.client.key).pieces_held;
        assert_eq!(missing, 0, "even the block that the slow one was asked for again, fast: {fast}");
    }
}

/// L8: nor while other pieces are nowhere else, so that it never comes to endgame.
#[test]
fn what_a_snubbing_peer_was_left_with_goes_to_who_stands_idle() {
    for fast in [true, false] {
        let config = TorrentConfig { picker: "sequential".into(), ..quiet() };
        let mut lab = Lab::leech_with(&Torrent::pieces(8), Vec::new(), config);
        let slow = lab.greet_seed(1, fast);
        lab.advance(22);
        let [left] = lab.asked(slow)[4..] else { panic!("one request stays with it") };
        assert_eq!((left.piece, left.begin), (0, 0));

        let other = lab.greet(2, fast);
        lab.say(other, &Message::Bitfield(Bytes::from_static(&[0xf0])));
        lab.say(other, &Message::Unchoke);
        lab.serve(other);
        let held = |lab: &Lab| lab.client.session.progress(lab.client.key).pieces_held;
        assert_eq!(held(&lab), 3, "all that nobody owes");
        lab.advance(22);
        lab.serve(other);
        assert_eq!(held(&lab), 4, "fast: {fast}");
        assert_eq!(lab.asked(slow).last().map(|request| request.piece), Some(4), "it still has a chance");
    }
}

/// Whoever brings a block slower than our patience lasts, but is the only one who can, is left in peace.
#[test]
fn a_request_stays_with_a_slow_peer_that_alone_has_the_block() {
    let mut lab = Lab::leech(&Torrent::pieces(8));
    let slow = lab.greet_seed(1, true);
    lab.advance(22);
    lab.heard(slow);
    for _ in 0..3 {
        lab.advance(60);
        lab.say(slow, &Message::KeepAlive);
    }
    assert!(lab.heard(slow).iter().all(|message| matches!(message, Message::KeepAlive)));
}

#[test]
fn a_snubbed_peer_that_sends_again_is_asked_for_more_again() {
    for fast in [true, false] {
        let mut lab = Lab::leech(&Torrent::pieces(400));
        let peer = lab.greet_seed(1, fast);
        let mut owed: Vec<BlockRequest> = Vec::new();
        owed.extend(lab.asked(peer));
        while owed.len() < 12 {
            let request = owed.remove(0);
            lab.say(peer, &lab.block(request));
            owed.extend(lab.asked(peer));
        }
        // Now it stops for a while, and then sends all that it ever was asked for.
        lab.advance(25);
        assert_eq!(snubs(&lab), 1);
        let [probe] = lab.asked(peer)[..] else { panic!("one request while it is snubbed") };
        for request in owed {
            lab.say(peer, &lab.block(request));
        }
        lab.say(peer, &lab.block(probe));
        let asked = lab.asked(peer);
        assert!(asked.len() > 1, "it is trusted with several at a time again, fast: {fast}");
        asked.into_iter().for_each(|request| lab.say(peer, &lab.block(request)));
        for _ in 0..20 {
            lab.serve(peer);
            lab.advance(1);
        }
        assert!(lab.client.is_complete(), "fast: {fast}, {:?}", lab.reason(peer));
    }
}

#[test]
fn a_choke_without_fast_frees_all_that_was_asked_for() {
    let mut lab = Lab::leech(&Torrent::pieces(2));
    let peer = lab.greet_seed(1, false);
    let asked = lab.asked(peer);
    assert_eq!(asked.len(), 4);
    lab.say(peer, &Message::Choke);
    let other = lab.greet_seed(2, false);
    assert_eq!(lab.asked(other).len(), 4, "asked elsewhere at once, and not as in endgame");
    lab.say(peer, &Message::Unchoke);
    assert!(lab.asked(peer).len() <= 2, "now it is endgame");
}

#[test]
fn a_choke_with_fast_frees_what_is_rejected() {
    let mut lab = Lab::leech(&Torrent::pieces(2));
    let peer = lab.greet_seed(1, true);
    let asked = lab.asked(peer);
    lab.say(peer, &Message::Choke);
    let other = lab.greet_seed(2, true);
    let twice = lab.asked(other);
    assert!(twice.len() <= 2, "nothing is free before it is rejected: endgame");
    asked.iter().for_each(|request| lab.say(peer, &Message::RejectRequest(*request)));
    assert!(lab.is_open(peer));
    twice.into_iter().for_each(|request| lab.say(other, &lab.block(request)));
    lab.serve(other);
    assert!(lab.client.is_complete(), "what was rejected is asked elsewhere");
}

#[test]
fn a_long_queue_that_comes_late_is_no_flood() {
    for fast in [true, false] {
        let mut lab = Lab::leech(&Torrent::pieces(2_000));
        let peer = lab.greet_seed(1, fast);
        let mut owed: Vec<BlockRequest> = lab.asked(peer);
        // Each block that comes lets one more be asked for: the queue grows.
        while owed.len() < 150 {
            let request = owed.remove(0);
            lab.say(peer, &lab.block(request));
            owed.extend(lab.asked(peer));
        }
        lab.advance(25);
        for request in owed {
            lab.say(peer, &lab.block(request));
        }
        assert!(lab.is_open(peer), "fast: {fast}, {:?}", lab.reason(peer));
    }
}

#[test]
fn in_endgame_the_last_blocks_are_asked_twice_and_cancelled_when_one_comes() {
    let torrent = Torrent::pieces(2);
    let mut lab =
        Lab::leech_with(&torrent, Vec::new(), TorrentConfig { endgame_requesters_max: 2, ..quiet() });
    let first = lab.greet_seed(1, true);
    let asked = lab.asked(first);
    assert_eq!(asked.len(), 4, "all blocks are on their way");
    let second = lab.greet_seed(2, true);
    let twice = lab.asked(second);
    assert!(!twice.is_empty() && twice.iter().all(|request| asked.contains(request)));
    lab.say(second, &lab.block(twice[0]));
    let cancelled = lab.heard(first);
    assert!(matches!(cancelled[..], [Message::Cancel(request)] if request == twice[0]));
    // The cancel and the block have crossed.
    lab.say(first, &lab.block(twice[0]));
    let totals = lab.client.session.progress(lab.client.key).totals;
    let wasted = Waste { duplicate: 16_384, ..Waste::default() };
    assert_eq!((totals.cancels, totals.wasted), (1, wasted));
    asked.into_iter().filter(|request| *request != twice[0]).for_each(|r| lab.say(first, &lab.block(r)));
    assert!(lab.client.is_complete() || lab.is_open(first));
    assert!(lab.torrent.clone().is_all_in(&mut *lab.client.storage));
}

/// S5, S10: a block that was cancelled is asked for again before the REJECT of the first request has come.
#[test]
fn a_reject_that_answers_a_cancel_is_not_taken_for_one_of_the_request_after_it() {
    let mut lab = Lab::leech(&Torrent::pieces(2));
    let peer = lab.greet_seed(1, true);
    lab.asked(peer);
    lab.advance(21);
    let heard = lab.heard(peer);
    let cancelled = heard.iter().filter_map(|m| if let Message::Cancel(r) = m { Some(*r) } else { None });
    let cancelled: Vec<BlockRequest> = cancelled.collect();
    let again = heard.iter().find_map(|m| if let Message::Request(r) = m { Some(*r) } else { None });
    let again = again.expect("it is left with one request, so that it can recover");
    assert!(cancelled.contains(&again));
    cancelled.iter().for_each(|request| lab.say(peer, &Message::RejectRequest(*request)));
    lab.advance(3);
    assert!(!lab.asked(peer).contains(&again), "it was asked for this one and has not answered");
    lab.say(peer, &lab.block(again));
    assert_eq!(lab.client.session.progress(lab.client.key).totals.wasted.total(), 0);
    lab.serve(peer);
    assert!(lab.client.is_complete());
}
