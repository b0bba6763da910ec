//! Limits that the user sets on what is sent and fetched.

use std::time::Duration;

use swarmlab_engine::allowance::RateLimits;
use swarmlab_engine::session::{ConnectionId, TorrentConfig};
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Lab, Torrent, quiet};

const BLOCK: u64 = 16_384;

/// Two blocks a second.
fn limited(up: bool) -> TorrentConfig {
    let limit = Some(2 * BLOCK);
    let limits = match up {
        true => RateLimits { up_bytes_per_s: limit, ..RateLimits::default() },
        false => RateLimits { down_bytes_per_s: limit, ..RateLimits::default() },
    };
    TorrentConfig { limits, ..quiet() }
}

/// A peer that wants the first blocks of so many pieces.
fn wants(lab: &mut Lab, number: u8, pieces: u32) -> ConnectionId {
    let peer = lab.greet(number, true);
    lab.say(peer, &Message::Interested);
    for piece in 0..pieces {
        lab.say(peer, &Message::Request(BlockRequest { piece, begin: 0, length: BLOCK as u32 }));
    }
    peer
}

fn blocks(lab: &mut Lab, peer: ConnectionId) -> usize {
    lab.heard(peer).iter().filter(|message| matches!(message, Message::Piece { .. })).count()
}

#[test]
fn no_more_is_sent_than_the_limit_allows_and_no_less() {
    let mut lab = Lab::seed_with(&Torrent::pieces(64), limited(true));
    lab.advance(10);
    let peer = wants(&mut lab, 1, 40);
    let first = blocks(&mut lab, peer);
    assert!((1..=2).contains(&first), "no burst after a time of rest: {first} blocks");
    lab.advance(9);
    let sent = first + blocks(&mut lab, peer);
    assert!((18..=19).contains(&sent), "{sent} blocks in nine seconds");
}

#[test]
fn who_has_waited_longest_is_served_first() {
    let mut lab = Lab::seed_with(&Torrent::pieces(64), limited(true));
    let peers = [1, 2, 3].map(|number| wants(&mut lab, number, 20));
    lab.advance(12);
    let sent = peers.map(|peer| blocks(&mut lab, peer));
    assert!(sent.iter().all(|count| (8..=9).contains(count)), "{sent:?}");
}

#[test]
fn no_more_is_asked_for_than_the_limit_allows_and_no_less() {
    let mut lab = Lab::leech_with(&Torrent::pieces(64), Vec::new(), limited(false));
    let peers = [1, 2].map(|number| lab.greet_seed(number, true));
    let mut asked = [0; 2];
    for _ in 0..100 {
        for (peer, asked) in peers.iter().zip(&mut asked) {
            let requests = lab.asked(*peer);
            *asked += requests.len();
            requests.into_iter().for_each(|request| lab.say(*peer, &lab.block(request)));
        }
        lab.advance_by(Duration::from_millis(100));
    }
    assert!((19..=21).contains(&(asked[0] + asked[1])), "{asked:?} requests in ten seconds");
    assert!(asked[0].abs_diff(asked[1]) <= 4, "{asked:?}: both are asked");
}
