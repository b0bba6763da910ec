//! Peers that would have us keep things for them without end.

use swarmlab_engine::session::CloseReason::Misbehaved;
use swarmlab_engine::session::{Input, Misbehaviour, TorrentConfig};
use swarmlab_engine::wire::Message;

use crate::rig::{Lab, Torrent};

use super::{block, half, raw};

#[test]
fn a_peer_that_makes_us_talk_but_does_not_read() {
    let request = || Message::Request(block(3, 0, 16_384));
    let cancel = || Message::Cancel(block(3, 0, 16_384));
    let chatter: [(&str, Vec<Message>); 3] = [
        ("interest", vec![Message::Interested, Message::NotInterested]),
        ("cancels", vec![Message::Interested, request(), cancel()]),
        ("chokes", vec![Message::Unchoke, Message::Choke]),
    ];
    for (what, messages) in chatter {
        let (mut lab, _) = half();
        let peer = lab.greet(1, what == "cancels");
        lab.say(peer, &lab.full_bitfield());
        lab.set_deaf(peer, true);
        for _ in 0..10_000 {
            messages.iter().for_each(|message| lab.say(peer, message));
        }
        let reason = lab.reason(peer);
        assert_eq!(reason, Some(Misbehaved(Misbehaviour::NotReading)), "{what}: what waits is bounded");
    }
}
