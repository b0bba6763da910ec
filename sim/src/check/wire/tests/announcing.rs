//! What a client says that it has (S13, S20, S24), and what it tells the tracker (S32).

use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::session::StartWith::{self, Everything, Nothing};
use swarmlab_engine::tracker::udp::{Answer, Request, Said, Wants};
use swarmlab_engine::tracker::{AnnounceRequest, Event};
use swarmlab_engine::wire::PeerId;

use super::check;
use super::rig::Act::{
    self, Accepts, AnnounceFailed, Announced, DialsTracker, Drained, Hears, Leaves, Reads, Says, Settles,
    TimedOut, Verified, With, Writes,
};
use super::rig::{OWN_ID, TOTAL_BYTES};
use super::words::*;

#[test]
fn pieces() {
    let case = |name, start, expected, acts: Vec<Act>| (name, start, expected, acts);
    let met = |first: Vec<u8>, then: Vec<Act>| [With(1), Says(first)].into_iter().chain(then).collect();
    let verified = |then: Vec<Act>| {
        let begun = vec![Drained, Settles(0), Verified(1, true)];
        met(have_none(), begun.into_iter().chain(then).collect())
    };
    check(vec![
        case("nothing", Nothing, None, met(have_none(), vec![Drained])),
        case("all", Everything, None, met(have_all(), vec![Drained])),
        case("all, and lies", Nothing, Some("S13"), met(have_all(), vec![])),
        case("none, and lies", Everything, Some("S13"), met(have_none(), vec![Drained])),
        case("all, in bits", Everything, None, met(bytes(5, &[0xe0]), vec![Drained])),
        case("spare bits", Everything, Some("S20"), met(bytes(5, &[0xf0]), vec![])),
        case("too many bits", Everything, Some("S20"), met(bytes(5, &[0xe0, 0]), vec![])),
        case("bits that lie", Nothing, Some("S13"), met(bytes(5, &[0x80]), vec![])),
        case("twice", Nothing, Some("S20"), met(have_none(), vec![Says(have_none())])),
        case("not first", Nothing, Some("S20"), met(interested(), vec![])),
        case("a new piece", Nothing, None, verified(vec![Says(have(1)), Drained])),
        case("another", Nothing, Some("S13"), verified(vec![Says(have(0))])),
        case("not verified", Nothing, Some("S13"), met(have_none(), vec![Verified(1, false), Says(have(1))])),
        case("again", Nothing, Some("S24"), verified(vec![Says(have(1)), Says(have(1))])),
        case("left out", Nothing, Some("S13"), verified(vec![Drained])),
        case("put off", Nothing, None, verified(vec![Settles(3_900), TimedOut, Settles(0)])),
        case("forgotten", Nothing, Some("S13"), verified(vec![Settles(5_100), TimedOut, Settles(0)])),
        case(
            "allowed what is not there",
            Nothing,
            Some("S13"),
            met(have_none(), vec![Says(allowed_fast(0))]),
        ),
        case("too soon", Nothing, Some("S20"), vec![Accepts(1), Says(handshake(0, true)), Says(have_none())]),
        case("not agreed", Nothing, Some("S20"), {
            vec![Accepts(1), Hears(handshake(1, false)), Says([handshake(0, true), have_none()].concat())]
        }),
        case("not offered", Nothing, Some("S20"), vec![Accepts(1), Says(handshake(0, false))]),
        case("another id", Nothing, Some("S20"), {
            vec![Accepts(1), Says(handshake(0, true)), Accepts(2), Says(handshake(9, true))]
        }),
        case("to oneself", Nothing, Some("S28"), {
            vec![Accepts(0), Hears(handshake(0, true)), Says([handshake(0, true), have_none()].concat())]
        }),
    ]);
}

fn announce(uploaded: u64, left: u64, event: &str) -> Act {
    let id = String::from_utf8_lossy(OWN_ID);
    Says(
        format!(
            "GET /announce?info_hash=%07&peer_id={id}&uploaded={uploaded}&downloaded=0&left={left}&event={event} HTTP/1.0\r\n\r\n"
        )
        .into_bytes(),
    )
}

#[test]
fn the_tracker() {
    let accepts = || vec![Hears(b"HTTP/1.0 200 OK\r\n\r\nd8:intervali1800e5:peers0:e".into()), Announced];
    let complete =
        |then: Vec<Act>| (0..3).map(|piece| Verified(piece, true)).chain(then).collect::<Vec<Act>>();
    let says = |event, left| vec![DialsTracker, announce(0, left, event)];
    let started = |then: Vec<Act>| {
        let begun = says("started", TOTAL_BYTES).into_iter().chain(accepts());
        begun.chain(then).collect::<Vec<Act>>()
    };
    let later = |ms, acts: Vec<Act>| [Settles(ms)].into_iter().chain(acts).collect::<Vec<Act>>();
    let failed = |ms, then: Vec<Act>| {
        let begun = says("started", TOTAL_BYTES).into_iter().chain([AnnounceFailed, Settles(ms)]);
        begun.chain(then).collect::<Vec<Act>>()
    };
    let completed = |again: bool| {
        let once = complete(says("completed", 0)).into_iter().chain(accepts());
        once.chain(if again { says("completed", 0) } else { vec![] }).collect::<Vec<Act>>()
    };
    let case = |name, start: StartWith, expected, acts| (name, start, expected, acts);
    check(vec![
        case("started", Nothing, None, started(vec![])),
        case("without it", Nothing, Some("S32"), says("", TOTAL_BYTES)),
        case("twice", Nothing, Some("S32"), started(later(2_000_000, says("started", TOTAL_BYTES)))),
        case("after a failure", Nothing, None, failed(15_000, says("started", TOTAL_BYTES))),
        case("too soon after it", Nothing, Some("S32"), failed(14_000, says("started", TOTAL_BYTES))),
        case("with few peers", Nothing, None, started(later(300_000, says("", TOTAL_BYTES)))),
        case("too often", Nothing, Some("S32"), started(later(299_000, says("", TOTAL_BYTES)))),
        case("completed", Nothing, None, started(completed(false))),
        case("completed twice", Nothing, Some("S32"), started(completed(true))),
        case("not yet", Nothing, Some("S32"), started(says("completed", TOTAL_BYTES))),
        case("a seed", Everything, Some("S32"), {
            let begun = says("started", 0).into_iter().chain(accepts());
            begun.chain(says("completed", 0)).collect()
        }),
        case("wrong left", Nothing, Some("S32"), says("started", TOTAL_BYTES - 1)),
        case("wrong upload", Nothing, Some("S32"), vec![DialsTracker, announce(1, TOTAL_BYTES, "started")]),
        case("gone", Nothing, Some("S32"), {
            let stops = says("stopped", TOTAL_BYTES).into_iter().chain([Announced]);
            started(later(2_000_000, stops.chain(says("", TOTAL_BYTES)).collect()))
        }),
        case("gone twice", Nothing, None, {
            let stops = says("stopped", TOTAL_BYTES).into_iter().chain([AnnounceFailed]);
            started(stops.chain(says("stopped", TOTAL_BYTES)).collect())
        }),
        case("unknown", Nothing, Some("S32"), says("stopped", TOTAL_BYTES)),
        case("two at a time", Nothing, Some("S32"), vec![DialsTracker, DialsTracker]),
    ]);
}

fn datagram(transaction: u32, wants: Wants) -> Act {
    Writes(Request { transaction, wants }.encode())
}

fn announcement(transaction: u32, left: u64, event: Option<Event>) -> Act {
    let announce = AnnounceRequest {
        info_hash: InfoHash([7; 20]),
        peer_id: PeerId(*OWN_ID),
        port: 1,
        uploaded: 0,
        downloaded: 0,
        left,
        event,
        numwant: None,
        key: None,
        tracker_id: None,
    };
    datagram(transaction, Wants::Announce { connection_id: 9, announce, target: "/".into() })
}

#[test]
fn the_tracker_over_udp() {
    let connect = |transaction| datagram(transaction, Wants::Connect);
    let gives = |transaction, id| Reads(Answer { transaction, said: Said::Connected(id) }.encode());
    let answer = |transaction, interval| {
        let said = Said::Announced { interval, leechers: 0, seeds: 0, peers: vec![] };
        Reads(Answer { transaction, said }.encode())
    };
    let starts = |transaction| announcement(transaction, TOTAL_BYTES, Some(Event::Started));
    let known =
        |then: Vec<Act>| [connect(1), Settles(50), gives(1, 9)].into_iter().chain(then).collect::<Vec<Act>>();
    let started = |then: Vec<Act>| {
        let begun = vec![starts(2), Settles(50), answer(2, 1_800), Announced];
        known(begun.into_iter().chain(then).collect())
    };
    let asks = |then: Vec<Act>| [connect(3), gives(3, 9)].into_iter().chain(then).collect::<Vec<Act>>();
    let after = |millis, then: Vec<Act>| [Settles(millis)].into_iter().chain(then).collect::<Vec<Act>>();
    let complete =
        |then: Vec<Act>| (0..3).map(|piece| Verified(piece, true)).chain(then).collect::<Vec<Act>>();
    let plain = |transaction| announcement(transaction, TOTAL_BYTES, None);
    let case = |name, expected, acts| (name, StartWith::Nothing, expected, acts);
    check(vec![
        case("started", None, started(vec![])),
        case("under the id", None, known(vec![starts(2)])),
        case("under an id that nobody gave", Some("S32"), vec![starts(1)]),
        case("under another id", Some("S32"), vec![connect(1), gives(1, 8), starts(2)]),
        case("under an old id", None, known(vec![Settles(59_900), starts(2)])),
        case("under too old an id", Some("S32"), known(vec![Settles(60_000), starts(2)])),
        case("without it", Some("S32"), known(vec![plain(2)])),
        case("twice", Some("S32"), started(after(2_000_000, asks(vec![starts(4)])))),
        case("nonsense", Some("S32"), vec![Writes(b"hello".to_vec())]),
        case("a scrape", Some("S32"), {
            vec![datagram(1, Wants::Scrape { connection_id: 9, info_hashes: vec![InfoHash([7; 20])] })]
        }),
        case("again", None, vec![connect(1), Settles(15_000), connect(1)]),
        case("again too soon", Some("S32"), vec![connect(1), Settles(14_000), connect(1)]),
        case("announced again", None, known(vec![starts(2), Settles(15_000), starts(2)])),
        case("announced again too soon", Some("S32"), known(vec![starts(2), Settles(14_000), starts(2)])),
        case("with few peers", None, started(after(300_000, asks(vec![plain(4)])))),
        case("too often", Some("S32"), started(after(299_000, asks(vec![plain(4)])))),
        case("of another answer's interval", Some("S32"), {
            known(vec![starts(2), answer(3, 30), answer(2, 1_800), Announced, Settles(50_000), plain(3)])
        }),
        case("after a failure", None, known(vec![starts(2), AnnounceFailed, Settles(15_000), starts(3)])),
        case("too soon after it", Some("S32"), {
            known(vec![starts(2), AnnounceFailed, Settles(14_000), starts(3)])
        }),
        case("completed", None, started(complete(vec![announcement(3, 0, Some(Event::Completed))]))),
        case("not yet", Some("S32"), started(vec![announcement(3, 0, Some(Event::Completed))])),
        case("wrong left", Some("S32"), known(vec![announcement(2, TOTAL_BYTES - 1, Some(Event::Started))])),
        case("leaves while it asks", None, {
            let left = announcement(4, TOTAL_BYTES - 32_768, Some(Event::Stopped));
            started(after(300_000, asks(vec![Verified(0, true), Settles(10), left])))
        }),
        case("without a goodbye", Some("S32"), started(vec![Leaves])),
        case("with one that gets nowhere", None, started(vec![Settles(70_000), connect(3), Leaves])),
        case("unknown to all", None, known(vec![starts(2), Leaves])),
        case("unknown to it", Some("S32"), known(vec![announcement(2, TOTAL_BYTES, Some(Event::Stopped))])),
    ]);
}
