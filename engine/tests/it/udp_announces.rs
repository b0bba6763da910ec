//! What a client tells its trackers over UDP, and when; and which of several trackers it asks.

use std::net::SocketAddr;

use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::session::{Event, Input, StartWith, TorrentConfig};
use swarmlab_engine::tracker::udp::{Answer, Request, Said, Wants};
use swarmlab_engine::tracker::{AnnounceRequest, Event as Happening, SwarmCounts};

use crate::rig::{Lab, Torrent};

const ONE: &str = "udp://10.9.0.1:6969/announce?key=x";
const TWO: &str = "udp://10.9.0.2:6969";
const NAMED: &str = "udp://tracker.example:6969/announce";

fn at(tracker: u8) -> SocketAddr {
    SocketAddr::from(([10, 9, 0, tracker], 6969))
}

fn leech(tiers: &[&[&str]]) -> Lab {
    let torrent = Torrent::with_tiers(40 * 32_768, 32_768, tiers);
    Lab::leech_with(&torrent, Vec::new(), TorrentConfig::default())
}

/// The request that was sent next, and to whom.
fn asked(lab: &mut Lab) -> (SocketAddr, Request) {
    let (to, data) = lab.client.datagrams.pop_front().expect("a tracker is asked");
    (to, Request::decode(&data).expect("the client speaks the protocol"))
}

fn says(lab: &mut Lab, from: SocketAddr, transaction: u32, said: Said) {
    let data = Answer { transaction, said }.encode().into();
    lab.input(Input::Datagram { from, data });
}

fn accepted(peers: Vec<SocketAddr>) -> Said {
    Said::Announced { interval: 1_000, leechers: 1, seeds: 2, peers }
}

/// The tracker answers the request for a connection id.
fn connect(lab: &mut Lab, id: u64) {
    let (to, request) = asked(lab);
    assert_eq!(request.wants, Wants::Connect);
    says(lab, to, request.transaction, Said::Connected(id));
}

/// The announce that was sent next; the tracker accepts it.
fn accept(lab: &mut Lab, id: u64) -> AnnounceRequest {
    let (to, request) = asked(lab);
    let Wants::Announce { connection_id, announce, .. } = request.wants else { panic!("{request:?}") };
    assert_eq!(connection_id, id);
    says(lab, to, request.transaction, accepted(Vec::new()));
    announce
}

fn count(lab: &Lab, like: fn(&Event) -> bool) -> usize {
    lab.client.count(like)
}

fn failed(lab: &Lab) -> usize {
    count(lab, |event| matches!(event, Event::AnnounceFailed { .. }))
}

fn announced(lab: &Lab) -> usize {
    count(lab, |event| matches!(event, Event::Announced { .. }))
}

#[test]
fn a_download_is_announced_as_started_completed_and_stopped_once_each() {
    let mut lab = leech(&[&[ONE]]);
    connect(&mut lab, 7);
    let (to, request) = asked(&mut lab);
    let Wants::Announce { connection_id: 7, announce, target } = request.wants else { panic!() };
    assert_eq!((to, &*target), (at(1), "/announce?key=x"));
    assert_eq!((announce.event, announce.left, announce.port), (Some(Happening::Started), 1_310_720, 6881));
    let peer: SocketAddr = "10.0.1.1:50000".parse().unwrap();
    says(&mut lab, to, request.transaction, accepted(vec![peer]));
    assert_eq!(lab.dialled().last().unwrap().1, peer.to_string());

    let peer = lab.answer_dial();
    lab.send(peer, &lab.handshake(1, true).encode());
    lab.say(peer, &lab.full_bitfield());
    lab.say(peer, &swarmlab_engine::wire::Message::Unchoke);
    while !lab.client.is_complete() {
        lab.serve(peer);
        lab.advance(1);
        assert!(lab.now < swarmlab_engine::time::Time::from_secs(15), "it takes too long");
    }
    let completed = accept(&mut lab, 7);
    assert_eq!((completed.event, completed.left), (Some(Happening::Completed), 0));

    lab.advance(1_005);
    connect(&mut lab, 8);
    assert_eq!(accept(&mut lab, 8).event, None);

    lab.input(Input::Stop);
    let last = accept(&mut lab, 8);
    assert_eq!((last.event, last.numwant), (Some(Happening::Stopped), Some(0)));
    assert_eq!(count(&lab, |event| *event == Event::Stopped), 1);
    lab.advance(10_000);
    assert_eq!((lab.client.session.poll_timeout(), lab.client.datagrams.len()), (None, 0));
}

#[test]
fn a_connection_id_is_used_for_a_minute() {
    let mut lab = leech(&[&[ONE]]);
    connect(&mut lab, 7);
    let (to, request) = asked(&mut lab);
    says(
        &mut lab,
        to,
        request.transaction,
        Said::Announced { interval: 30, leechers: 0, seeds: 0, peers: vec![] },
    );
    lab.advance(30);
    let (to, request) = asked(&mut lab);
    assert!(matches!(request.wants, Wants::Announce { connection_id: 7, .. }), "after half a minute");
    says(&mut lab, to, request.transaction, accepted(Vec::new()));
    lab.advance(300);
    assert_eq!(asked(&mut lab).1.wants, Wants::Connect);
}

#[test]
fn what_is_lost_is_said_again_word_for_word_and_then_given_up() {
    let mut lab = leech(&[&[ONE]]);
    let first = asked(&mut lab);
    lab.advance(14);
    assert!(lab.client.datagrams.is_empty());
    lab.advance(1);
    assert_eq!(asked(&mut lab), first);
    // The answer to the first is as good.
    says(&mut lab, at(1), first.1.transaction, Said::Connected(7));
    let first = asked(&mut lab);
    lab.advance(15);
    assert_eq!(asked(&mut lab), first);
    lab.advance(29);
    assert_eq!(failed(&lab), 0);
    lab.advance(1);
    assert_eq!((failed(&lab), lab.client.datagrams.len()), (1, 0));
    // The id is a minute old by the time at which it is tried again.
    lab.advance(15);
    assert_eq!(asked(&mut lab).1.wants, Wants::Connect);
    says(&mut lab, at(1), first.1.transaction, accepted(Vec::new()));
    assert_eq!(announced(&lab), 0, "too late");
}

#[test]
fn only_the_right_answer_from_the_right_address_counts() {
    let mut lab = leech(&[&[ONE]]);
    let (to, request) = asked(&mut lab);
    let transaction = request.transaction;
    let whole = Answer { transaction, said: Said::Connected(7) }.encode();
    for (from, data) in [
        (at(2), whole.clone()),
        (SocketAddr::new(to.ip(), 6970), whole.clone()),
        (to, Answer { transaction: transaction ^ 1, said: Said::Connected(7) }.encode()),
        (to, Answer { transaction, said: accepted(Vec::new()) }.encode()),
        (to, Answer { transaction, said: Said::Scraped(vec![SwarmCounts::default()]) }.encode()),
        (to, whole[..15].to_vec()),
        (to, whole[..7].to_vec()),
        (to, Vec::new()),
        (to, [&[1], &whole[1..]].concat()),
        (to, b"d1:y1:re".to_vec()),
        (to, vec![0x41; 20]),
    ] {
        lab.input(Input::Datagram { from, data: data.into() });
        assert!(lab.client.datagrams.is_empty());
    }
    lab.input(Input::Datagram { from: to, data: whole.into() });
    let (to, request) = asked(&mut lab);
    // What was right for the first request is nothing for the second.
    says(&mut lab, to, transaction, Said::Connected(9));
    says(&mut lab, to, request.transaction, Said::Connected(9));
    assert_eq!((lab.client.datagrams.len(), announced(&lab)), (0, 0));
    says(&mut lab, to, request.transaction, accepted(Vec::new()));
    says(&mut lab, to, request.transaction, accepted(Vec::new()));
    assert_eq!((announced(&lab), failed(&lab)), (1, 0));
}

#[test]
fn an_address_of_ipv4_is_the_same_by_its_other_name() {
    let mut lab = leech(&[&[ONE]]);
    let (_, request) = asked(&mut lab);
    let mapped: SocketAddr = "[::ffff:10.9.0.1]:6969".parse().unwrap();
    says(&mut lab, mapped, request.transaction, Said::Connected(7));
    let (_, request) = asked(&mut lab);
    assert!(matches!(request.wants, Wants::Announce { .. }));
    says(&mut lab, mapped, request.transaction, accepted(vec!["10.0.1.1:50000".parse().unwrap()]));
    assert_eq!(lab.dialled().last().unwrap().1, "10.0.1.1:50000");
}

#[test]
fn over_ipv6_peers_have_longer_addresses() {
    let mut lab = leech(&[&["udp://[2001:db8::1]:6969"]]);
    connect(&mut lab, 7);
    let (to, request) = asked(&mut lab);
    assert!(to.is_ipv6());
    let peers = vec!["[2001:db8::2]:50000".parse().unwrap(), "[::]:1".parse().unwrap()];
    says(&mut lab, to, request.transaction, accepted(peers));
    assert_eq!(lab.dialled().last().unwrap().1, "[2001:db8::2]:50000");
    assert_eq!(lab.client.dials.len(), 1, "the other can't be dialled");
}

#[test]
fn a_refusal_is_a_failure_and_a_restarted_tracker_is_asked_for_a_new_id() {
    let mut lab = leech(&[&[ONE]]);
    connect(&mut lab, 7);
    let (to, request) = asked(&mut lab);
    says(&mut lab, to, request.transaction, Said::Refused("unregistered torrent".into()));
    assert!(lab.client.events.iter().any(
        |(_, event)| matches!(event, Event::AnnounceFailed { error, .. } if error == "unregistered torrent")
    ));
    lab.advance(15);
    let (to, request) = asked(&mut lab);
    assert!(matches!(request.wants, Wants::Announce { connection_id: 7, .. }));
    says(&mut lab, to, request.transaction, Said::Refused("bad connection id".into()));
    connect(&mut lab, 8);
    accept(&mut lab, 8);
    assert_eq!((failed(&lab), announced(&lab)), (1, 1));
}

#[test]
fn a_stop_does_not_wait_for_a_tracker_beyond_five_seconds() {
    let mut lab = leech(&[&[ONE]]);
    connect(&mut lab, 7);
    accept(&mut lab, 7);
    lab.advance(100);
    lab.input(Input::Stop);
    assert_eq!(asked(&mut lab).1.wants, Wants::Connect);
    lab.advance(4);
    assert_eq!(count(&lab, |event| *event == Event::Stopped), 0);
    lab.advance(1);
    assert_eq!(count(&lab, |event| *event == Event::Stopped), 1);
}

#[test]
fn a_name_is_looked_up_and_each_of_its_addresses_tried() {
    let mut lab = leech(&[&[NAMED]]);
    let (lookup, name) = lab.client.lookups.pop_front().expect("it is looked up");
    assert_eq!((&*name, lab.client.datagrams.len()), ("tracker.example:6969", 0));
    lab.input(Input::Resolved { lookup, addresses: vec![at(1), at(2)] });
    lab.input(Input::Resolved { lookup, addresses: vec![at(3)] });
    assert_eq!(asked(&mut lab).0, at(1));
    lab.advance(15);
    let (to, request) = asked(&mut lab);
    assert_eq!(to, at(2));
    says(&mut lab, to, request.transaction, Said::Connected(7));
    assert_eq!(asked(&mut lab).0, at(2));
}

#[test]
fn a_name_that_stands_for_nothing_is_a_failure() {
    let mut lab = leech(&[&[NAMED]]);
    let (lookup, _) = lab.client.lookups.pop_front().unwrap();
    lab.input(Input::Resolved { lookup, addresses: Vec::new() });
    assert_eq!(failed(&lab), 1);
    lab.advance(15);
    let (lookup, _) = lab.client.lookups.pop_front().expect("it is looked up again");
    lab.advance(15);
    assert_eq!(failed(&lab), 2, "that took too long");
    lab.input(Input::Resolved { lookup, addresses: vec![at(1)] });
    assert!(lab.client.datagrams.is_empty(), "too late");
}

/// Gives up on the tracker that is asked: nobody answers it.
fn nobody_answers(lab: &mut Lab) -> SocketAddr {
    let (to, _) = asked(lab);
    lab.advance(15);
    asked(lab);
    lab.advance(30);
    to
}

#[test]
fn the_next_tier_is_asked_when_the_first_is_silent_and_the_first_again_when_it_has_rested() {
    let mut lab = leech(&[&[ONE], &[TWO]]);
    assert_eq!(nobody_answers(&mut lab), at(1));
    connect(&mut lab, 7);
    assert_eq!(accept(&mut lab, 7).event, Some(Happening::Started));
    lab.advance(300);
    // Its first tier comes first, and hears that we have started, whatever the second knows.
    connect(&mut lab, 8);
    let (to, request) = asked(&mut lab);
    assert_eq!(to, at(1));
    let Wants::Announce { announce, .. } = request.wants else { panic!() };
    assert_eq!(announce.event, Some(Happening::Started));
    says(&mut lab, to, request.transaction, accepted(Vec::new()));
    lab.input(Input::Stop);
    let (to, request) = asked(&mut lab);
    assert!(
        to == at(1)
            && matches!(&request.wants, Wants::Announce { announce, .. }
        if announce.event == Some(Happening::Stopped))
    );
}

#[test]
fn who_answers_is_asked_first_in_its_tier() {
    let mut lab = leech(&[&[ONE, TWO, "udp://10.9.0.3:6969"]]);
    let (first, second) = (nobody_answers(&mut lab), nobody_answers(&mut lab));
    let (third, request) = asked(&mut lab);
    let mut all = [first, second, third];
    all.sort_unstable();
    assert_eq!(all, [at(1), at(2), at(3)]);
    says(&mut lab, third, request.transaction, Said::Connected(7));
    accept(&mut lab, 7);
    for _ in 0..3 {
        lab.advance(300);
        let (to, request) = asked(&mut lab);
        assert_eq!(to, third);
        says(&mut lab, to, request.transaction, Said::Connected(7));
        accept(&mut lab, 7);
    }
}

#[test]
fn a_tier_is_shuffled_by_the_seed() {
    let torrent = Torrent::with_tiers(8 * 32_768, 32_768, &[&[ONE, TWO]]);
    let first = |seed: u8| {
        let client = crate::rig::Client::new(
            seed,
            &torrent,
            StartWith::Nothing,
            torrent.memory([]),
            Vec::new(),
            TorrentConfig::default(),
        );
        client.datagrams[0].0
    };
    let asked: Vec<SocketAddr> = (0..20).map(first).collect();
    assert!(asked.contains(&at(1)) && asked.contains(&at(2)));
    assert_eq!(asked, (0..20).map(first).collect::<Vec<_>>());
}

#[test]
fn a_tracker_that_can_not_be_asked_does_not_keep_us_from_the_others() {
    let mut lab = leech(&[&["https://tracker.example/announce"], &["udp://10.9.0.2"], &[TWO]]);
    assert_eq!(failed(&lab), 2);
    assert_eq!(asked(&mut lab).0, at(2));
}

const HASH: InfoHash = InfoHash([0xa7; 20]);

fn scrape(lab: &mut Lab, tracker: &str) {
    lab.input(Input::Scrape { tracker: tracker.into(), info_hash: HASH });
}

fn scraped(lab: &Lab) -> Option<Result<SwarmCounts, String>> {
    lab.client.events.iter().rev().find_map(|(_, event)| match event {
        Event::Scraped { info_hash: HASH, counts, .. } => Some(Ok(*counts)),
        Event::ScrapeFailed { info_hash: HASH, error, .. } => Some(Err(error.clone())),
        _ => None,
    })
}

#[test]
fn a_swarm_is_counted_without_taking_part_over_udp() {
    let mut lab = leech(&[]);
    scrape(&mut lab, ONE);
    connect(&mut lab, 7);
    let (to, request) = asked(&mut lab);
    assert_eq!(request.wants, Wants::Scrape { connection_id: 7, info_hashes: vec![HASH] });
    let counts = SwarmCounts { seeds: 1, leechers: 2, downloads: 3 };
    says(&mut lab, to, request.transaction, Said::Scraped(Vec::new()));
    assert_eq!(scraped(&lab), None);
    says(&mut lab, to, request.transaction, Said::Scraped(vec![counts]));
    assert_eq!(scraped(&lab), Some(Ok(counts)));
}

#[test]
fn a_swarm_is_counted_without_taking_part_over_http() {
    let mut lab = leech(&[]);
    scrape(&mut lab, "http://one.example/announce?key=x");
    let tracker = lab.answer_dial();
    assert!(lab.request_text(tracker).starts_with("GET /scrape?key=x&info_hash=%A7"));
    let counts = b"d8:completei1e10:downloadedi3e10:incompletei2ee";
    let files = [b"HTTP/1.0 200 OK\r\n\r\nd5:filesd20:", &HASH.0[..], counts, b"ee"].concat();
    lab.send(tracker, &files);
    lab.input(Input::Closed { connection: tracker });
    assert_eq!(scraped(&lab), Some(Ok(SwarmCounts { seeds: 1, leechers: 2, downloads: 3 })));
}

#[test]
fn what_can_not_be_counted_is_said_with_the_reason() {
    for (tracker, answer, reason) in [
        ("http://one.example/x", None, "the tracker's URL does not say where it can be scraped (BEP 48)"),
        ("https://one.example/announce", None, "trackers over `https` are not supported"),
        ("http://one.example/announce", Some(&b"d5:filesdee"[..]), "the tracker does not know the torrent"),
        ("http://one.example/announce", Some(b"d14:failure reason2:noe"), "no"),
        ("http://one.example/announce", Some(b"d5:filesi1ee"), "malformed `files`"),
        ("http://one.example/announce", Some(b"d5:filesd1:xdeee"), "malformed `files`"),
        ("http://one.example/announce", Some(b"de"), "malformed `files`"),
    ] {
        let mut lab = leech(&[]);
        scrape(&mut lab, tracker);
        if let Some(answer) = answer {
            let connection = lab.answer_dial();
            lab.send(connection, &[b"HTTP/1.0 200 OK\r\n\r\n", answer].concat());
            lab.input(Input::Closed { connection });
        }
        assert_eq!(scraped(&lab), Some(Err(reason.into())), "{tracker}");
    }
}

#[test]
fn a_scrape_ends_with_the_patience_or_with_the_client() {
    for (tracker, seconds) in [("http://one.example/announce", 30), (ONE, 45)] {
        let mut lab = leech(&[]);
        scrape(&mut lab, tracker);
        lab.advance(seconds - 1);
        assert_eq!(scraped(&lab), None);
        lab.advance(1);
        assert_eq!(scraped(&lab), Some(Err("no answer in time".into())));
        scrape(&mut lab, tracker);
        lab.client.events.clear();
        lab.input(Input::Stop);
        assert_eq!(scraped(&lab), Some(Err("the client is leaving".into())));
        scrape(&mut lab, tracker);
        assert_eq!(count(&lab, |event| matches!(event, Event::ScrapeFailed { .. })), 2);
    }
}

#[test]
fn scrapes_are_as_many_as_fit() {
    let mut lab = leech(&[]);
    for _ in 0..257 {
        scrape(&mut lab, ONE);
    }
    assert_eq!(scraped(&lab), Some(Err("too many scrapes are on their way".into())));
    assert_eq!(lab.client.datagrams.len(), 256);
}
