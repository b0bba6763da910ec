//! Pieces that do not match their hash: the one who sent bad blocks goes, the others stay.

use swarmlab_engine::session::{ConnectionId, Event};
use swarmlab_engine::wire::{BlockRequest, Message};

use crate::rig::{Lab, Torrent};

fn bad(request: BlockRequest) -> Message {
    let BlockRequest { piece, begin, length } = request;
    Message::Piece { piece, begin, data: bytes::Bytes::from(vec![0xbd; length as usize]).into() }
}

fn banned(lab: &Lab) -> usize {
    lab.client.count(|event| matches!(event, Event::PeerBanned { .. }))
}

/// Answers what each peer is asked, block by block in turn, until nothing more comes of it. `culprit` sends bad blocks;
/// `good` says of which number it sends the right one nevertheless.
fn serve_in_turn(lab: &mut Lab, peers: &[ConnectionId], culprit: ConnectionId, good: impl Fn(usize) -> bool) {
    let mut queues: Vec<Vec<BlockRequest>> = vec![Vec::new(); peers.len()];
    let mut sent = 0;
    for _ in 0..120 {
        for (peer, queue) in peers.iter().zip(&mut queues) {
            queue.extend(lab.asked(*peer));
        }
        while queues.iter().any(|queue| !queue.is_empty()) {
            for (peer, queue) in peers.iter().zip(&mut queues) {
                if !lab.is_open(*peer) {
                    queue.clear();
                } else if !queue.is_empty() {
                    let request = queue.remove(0);
                    sent += usize::from(*peer == culprit);
                    let is_bad = *peer == culprit && !good(sent);
                    lab.say(*peer, &if is_bad { bad(request) } else { lab.block(request) });
                }
                queue.extend(lab.asked(*peer));
            }
        }
        lab.advance(1);
    }
}

#[test]
fn who_alone_sent_a_bad_piece_is_banned_at_once() {
    let mut lab = Lab::leech(&Torrent::pieces(40));
    let culprit = lab.greet_seed(1, true);
    for _ in 0..4 {
        let asked = lab.asked(culprit);
        asked.into_iter().for_each(|request| lab.say(culprit, &bad(request)));
    }
    assert_eq!((banned(&lab), lab.is_open(culprit)), (1, false));
    let again = lab.dial_in(1).unwrap();
    lab.send(again, &lab.handshake(9, true).encode());
    assert!(!lab.is_open(again), "under another peer id it is not welcome either");
}
