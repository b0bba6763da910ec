//! Peers that would have us keep things for them without end.

use bytes::Bytes;
use swarmlab_engine::session::CloseReason::Misbehaved;
use swarmlab_engine::session::{Input, Misbehaviour, TorrentConfig};
use swarmlab_engine::wire::Message;

use crate::rig::{Lab, Torrent};

use super::{block, half};

#[test]
fn a_peer_that_makes_us_talk_but_does_not_read() {
    let request = || Message::Request(block(3, 0, 16_384));
    let cancel = || Message::Cancel(block(3, 0, 16_384));
    let chatter: [(&str, Vec<Message>); 2] = [
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

#[test]
fn a_peer_that_names_a_thousand_ports_takes_no_room_from_others() {
    let torrent = Torrent::with_trackers(8 * 32_768, 32_768, &["http://one.example/announce"]);
    let config = TorrentConfig::default();
    let mut lab = Lab::leech_with(&torrent, Vec::new(), config);
    let peer = lab.dial_in(1).unwrap();
    let mut handshake = lab.handshake(1, true);
    handshake.extended = true;
    lab.send(peer, &handshake.encode());
    for port in 1..=2_000 {
        let payload = Bytes::from(format!("d1:pi{port}ee"));
        lab.say(peer, &Message::Extended { id: 0, payload });
    }
    let tracker = lab.answer_dial();
    lab.send(tracker, b"HTTP/1.0 200 OK\r\n\r\nd5:peers6:\x0a\x00\x01\x09\xc3\x50e");
    lab.input(Input::Closed { connection: tracker });
    assert_eq!(lab.dialled().last().unwrap().1, "10.0.1.9:50000");
}
