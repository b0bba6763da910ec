//! What a client tells its trackers, and when.

use swarmlab_engine::session::{Event, Input, StartWith, TorrentConfig};

use crate::rig::{Lab, Torrent};

const ONE: &str = "http://one.example/announce";
const TWO: &str = "http://two.example:8080/announce";
/// One peer, 10.0.1.1:50000, and an interval of 1,000 s.
const ACCEPTED: &[u8] = b"HTTP/1.0 200 OK\r\n\r\nd8:intervali1000e5:peers6:\x0a\x00\x01\x01\xc3\x50e";

fn leech(trackers: &[&str]) -> Lab {
    let torrent = Torrent::with_trackers(40 * 32_768, 32_768, trackers);
    Lab::leech_with(&torrent, Vec::new(), TorrentConfig::default())
}

/// The tracker that was dialled takes the request and answers so. Answers its first line.
fn answer(lab: &mut Lab, with: &[u8]) -> String {
    let tracker = lab.answer_dial();
    let request = lab.request_text(tracker);
    lab.send(tracker, with);
    lab.input(Input::Closed { connection: tracker });
    request.lines().next().unwrap_or_default().to_owned()
}

fn refuse(lab: &mut Lab) {
    let (connection, _) = lab.client.dials.pop_front().expect("a tracker is dialled");
    lab.input(Input::Closed { connection });
}

/// Waits for the next announce, an hour at most.
fn await_dial(lab: &mut Lab) {
    for _ in 0..3_600 {
        if lab.client.dials.is_empty() {
            lab.advance(1);
        }
    }
}

fn failed(lab: &Lab) -> usize {
    lab.client.count(|event| matches!(event, Event::AnnounceFailed { .. }))
}

fn stopped(lab: &Lab) -> usize {
    lab.client.count(|event| *event == Event::Stopped)
}

/// A peer that has everything is dialled and gives it.
fn download(lab: &mut Lab) {
    let peer = lab.answer_dial();
    lab.send(peer, &lab.handshake(1, true).encode());
    lab.say(peer, &lab.full_bitfield());
    lab.say(peer, &swarmlab_engine::wire::Message::Unchoke);
    for _ in 0..20 {
        lab.serve(peer);
        lab.advance(1);
    }
    assert!(lab.client.is_complete());
}

#[test]
fn a_download_is_announced_as_started_completed_and_stopped_once_each() {
    let mut lab = leech(&[ONE]);
    assert_eq!(lab.dialled(), [(0, "one.example:80".to_owned())]);
    let started = answer(&mut lab, ACCEPTED);
    assert!(started.contains("&left=1310720&") && started.contains("&event=started"), "{started}");
    assert!(started.contains("&port=6881&"));
    assert_eq!(lab.dialled().last().unwrap().1, "10.0.1.1:50000");

    download(&mut lab);
    let completed = answer(&mut lab, ACCEPTED);
    assert!(completed.contains("&left=0&") && completed.contains("&event=completed"), "{completed}");
    assert!(completed.contains("&downloaded=1310720&"));

    lab.advance(1_005);
    let plain = answer(&mut lab, ACCEPTED);
    assert!(plain.contains("&left=0&") && !plain.contains("event="), "{plain}");

    lab.input(Input::Stop);
    assert_eq!(stopped(&lab), 0, "the tracker has not answered yet");
    let last = answer(&mut lab, ACCEPTED);
    assert!(last.contains("&event=stopped") && last.contains("&numwant=0"), "{last}");
    assert_eq!(stopped(&lab), 1);
    lab.advance(10_000);
    assert_eq!(lab.client.session.poll_timeout(), None);
}

#[test]
fn who_starts_as_a_seed_does_not_announce_completion() {
    let torrent = Torrent::with_trackers(8 * 32_768, 32_768, &[ONE]);
    let storage = torrent.memory(0..8);
    let mut lab = Lab::new(&torrent, StartWith::Everything, storage, Vec::new(), TorrentConfig::default());
    assert!(answer(&mut lab, ACCEPTED).contains("&event=started"));
    lab.advance(900);
    assert!(lab.dialled().iter().all(|(at, name)| *at == 0 || name != "one.example:80"));
}

/// How long it takes until the next announce, a thousand seconds at most.
fn next_announce_s(lab: &mut Lab) -> u64 {
    let from = lab.now;
    lab.client.dials.clear();
    for _ in 0..1_000 {
        if lab.client.dials.is_empty() {
            lab.advance(1);
        }
    }
    (lab.now - from).as_secs()
}

#[test]
fn a_download_with_few_peers_asks_for_more_before_its_time_and_a_seed_does_not() {
    let nobody = b"HTTP/1.0 200 OK\r\n\r\nd8:intervali900e5:peers0:e";
    let mut lab = leech(&[ONE]);
    answer(&mut lab, nobody);
    assert_eq!(next_announce_s(&mut lab), 300);
    let patient = b"HTTP/1.0 200 OK\r\n\r\nd8:intervali900e12:min intervali600e5:peers0:e";
    answer(&mut lab, patient);
    assert_eq!(next_announce_s(&mut lab), 600, "the tracker says what is too soon");
    let torrent = Torrent::with_trackers(40 * 32_768, 32_768, &[ONE]);
    let storage = torrent.memory(0..40);
    let mut seed = Lab::new(&torrent, StartWith::Everything, storage, Vec::new(), TorrentConfig::default());
    answer(&mut seed, nobody);
    assert_eq!(next_announce_s(&mut seed), 900);
}

#[test]
fn a_redirect_is_followed_and_its_tracker_asked_at_once() {
    let mut lab = leech(&[ONE]);
    answer(&mut lab, b"HTTP/1.0 302 Found\r\nLocation: http://three.example:99/there?x=1\r\n\r\n");
    assert_eq!(lab.dialled().last().unwrap(), &(0, "three.example:99".to_owned()));
    let request = answer(&mut lab, ACCEPTED);
    assert!(request.starts_with("GET /there?x=1&info_hash=") && request.contains("&event=started"));
    assert_eq!(failed(&lab), 0);
}

#[test]
fn redirects_in_a_circle_end() {
    let mut lab = leech(&[ONE]);
    let circle = format!("HTTP/1.0 301 Moved\r\nLocation: {ONE}\r\n\r\n");
    for _ in 0..6 {
        assert_eq!(failed(&lab), 0);
        answer(&mut lab, circle.as_bytes());
    }
    assert_eq!(failed(&lab), 1);
    assert!(lab.client.dials.is_empty());
}

#[test]
fn when_all_trackers_have_failed_they_rest_longer_each_time() {
    let mut lab = leech(&[ONE, TWO]);
    let mut rests = Vec::new();
    for _ in 0..10 {
        let from = lab.now;
        refuse(&mut lab);
        assert_eq!(lab.dialled().last().unwrap().1, "two.example:8080", "the next one is asked at once");
        refuse(&mut lab);
        await_dial(&mut lab);
        rests.push((lab.now - from).as_secs());
        assert_eq!(lab.dialled().last().unwrap().1, "one.example:80");
    }
    assert_eq!(rests, [15, 30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
    assert_eq!(failed(&lab), 20);
    answer(&mut lab, b"HTTP/1.0 200 OK\r\n\r\nd8:intervali60ee");
    lab.advance(61);
    refuse(&mut lab);
    refuse(&mut lab);
    lab.advance(16);
    assert_eq!(lab.client.dials.len(), 1, "success forgets the failures: 15 s again");
}

#[test]
fn a_tracker_that_never_answers_is_given_up_after_half_a_minute() {
    let mut lab = leech(&[ONE, TWO]);
    let silent = lab.answer_dial();
    assert!(lab.request_text(silent).starts_with("GET /announce?info_hash="));
    lab.advance(29);
    assert!(lab.is_open(silent));
    lab.advance(2);
    assert!(!lab.is_open(silent));
    assert_eq!(lab.dialled().last().unwrap(), &(30, "two.example:8080".to_owned()));
}

#[test]
fn a_failure_reason_and_garbage_are_failures() {
    for bad in [
        &b"HTTP/1.0 200 OK\r\n\r\nd14:failure reason7:go awaye"[..],
        b"HTTP/1.0 500 Oh no\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nd8:intervali1000e5:peers5:abcdee",
        b"HTTP/1.0 200 OK\r\n\r\nd8:intervali1000e5:peers6:\x0a\x00",
        b"HTTP/1.0 200 OK\r\n\r\nd8:intervali9223372036854775808ee",
        b"HTTP/1.0 200 OK\r\n\r\ni1e",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x13BitTorrent protocol",
        b"",
    ] {
        let mut lab = leech(&[ONE]);
        answer(&mut lab, bad);
        assert_eq!(failed(&lab), 1, "{}", bad.escape_ascii());
        lab.advance(16);
        assert_eq!(lab.client.dials.len(), 1);
    }
}

#[test]
fn a_stop_does_not_wait_for_a_tracker_beyond_five_seconds() {
    let mut lab = leech(&[ONE]);
    answer(&mut lab, ACCEPTED);
    lab.input(Input::Stop);
    lab.client.dials.pop_front();
    let silent = lab.answer_dial();
    assert!(lab.request_text(silent).contains("event=stopped"));
    lab.advance(4);
    assert_eq!(stopped(&lab), 0);
    lab.advance(1);
    assert_eq!(stopped(&lab), 1);
    assert!(!lab.is_open(silent));
}

#[test]
fn a_stop_does_not_follow_a_tracker_that_redirects_slowly() {
    let mut lab = leech(&[ONE]);
    answer(&mut lab, ACCEPTED);
    lab.input(Input::Stop);
    lab.client.dials.pop_front();
    let circle = format!("HTTP/1.0 301 Moved\r\nLocation: {ONE}\r\n\r\n");
    for _ in 0..4 {
        lab.advance(2);
        if stopped(&lab) == 0 {
            answer(&mut lab, circle.as_bytes());
        }
    }
    assert_eq!(stopped(&lab), 1, "five seconds are for all redirects together");
}

/// Two trackers have answered, one after the other has failed: both hear of the end, at once. One that has never answered hears
/// nothing.
#[test]
fn every_tracker_that_knows_us_hears_that_we_leave() {
    const THREE: &str = "http://three.example/announce";
    let mut lab = leech(&[ONE, TWO, THREE]);
    answer(&mut lab, b"HTTP/1.0 200 OK\r\n\r\nd8:intervali60ee");
    lab.advance(61);
    refuse(&mut lab);
    let second = answer(&mut lab, b"HTTP/1.0 200 OK\r\n\r\nd8:intervali60ee");
    assert!(second.contains("&event=started"), "{second}");
    lab.input(Input::Stop);
    lab.client.session.check_invariants().unwrap();
    let dialled: Vec<String> = lab.dialled().iter().rev().take(2).map(|(_, to)| to.clone()).collect();
    assert_eq!(dialled, ["one.example:80", "two.example:8080"], "who answered last is told first");
    let goodbyes = [lab.answer_dial(), lab.answer_dial()];
    assert_eq!(lab.client.dials.len(), 0);
    for goodbye in goodbyes {
        assert_eq!(stopped(&lab), 0);
        assert!(
            lab.request_text(goodbye).contains("&event=stopped&numwant=0"),
            "{}",
            lab.request_text(goodbye)
        );
        lab.send(goodbye, b"HTTP/1.0 200 OK\r\n\r\nd8:intervali60ee");
        lab.input(Input::Closed { connection: goodbye });
    }
    assert_eq!(stopped(&lab), 1);
    lab.client.session.check_invariants().unwrap();
    lab.advance(10_000);
    assert_eq!(lab.client.session.poll_timeout(), None);
}

/// All goodbyes together have the time of one.
#[test]
fn silent_trackers_are_waited_for_beside_each_other() {
    let mut lab = leech(&[ONE, TWO]);
    answer(&mut lab, b"HTTP/1.0 200 OK\r\n\r\nd8:intervali60ee");
    lab.advance(61);
    refuse(&mut lab);
    answer(&mut lab, b"HTTP/1.0 200 OK\r\n\r\nd8:intervali60ee");
    lab.input(Input::Stop);
    let silent = [lab.answer_dial(), lab.answer_dial()];
    lab.advance(4);
    assert_eq!(stopped(&lab), 0);
    lab.advance(1);
    assert_eq!(stopped(&lab), 1);
    assert!(silent.iter().all(|tracker| !lab.is_open(*tracker)));
}

#[test]
fn a_stop_with_no_tracker_that_knows_us_is_over_at_once() {
    let mut lab = leech(&[ONE]);
    let tracker = lab.answer_dial();
    lab.input(Input::Stop);
    assert_eq!((stopped(&lab), lab.is_open(tracker)), (1, false));
    assert_eq!(lab.dial_in(1), None, "nobody is accepted any more");
}

#[test]
fn an_interval_of_nothing_or_of_a_lifetime_is_brought_within_reason() {
    for (interval, rest_s) in [("0", 30), ("-5", 30), ("2147483648", 24 * 3_600)] {
        let torrent = Torrent::with_trackers(8 * 32_768, 32_768, &[ONE]);
        let storage = torrent.memory(0..8);
        let config = TorrentConfig::default();
        let mut seed = Lab::new(&torrent, StartWith::Everything, storage, Vec::new(), config);
        let response = format!("HTTP/1.0 200 OK\r\n\r\nd8:intervali{interval}ee");
        answer(&mut seed, response.as_bytes());
        seed.advance(rest_s - 1);
        assert!(seed.client.dials.is_empty(), "{interval}");
        seed.advance(2);
        assert_eq!(seed.client.dials.len(), 1, "{interval}");
    }
}

#[test]
fn a_tracker_that_names_ourselves_each_time_has_us_dial_once() {
    let ourselves = b"HTTP/1.0 200 OK\r\n\r\nd8:intervali30e5:peers6:\x0a\0\0\x64\x1a\xe1e";
    let mut lab = leech(&[ONE]);
    for round in 0..3 {
        answer(&mut lab, ourselves);
        assert_eq!(lab.client.dials.len(), usize::from(round == 0));
        if round == 0 {
            let connection = lab.answer_dial();
            assert_eq!(lab.dialled().last().unwrap().1, lab.client.address.to_string());
            lab.send(connection, &lab.handshake(100, true).encode());
            assert!(!lab.is_open(connection));
        }
        await_dial(&mut lab);
    }
}

#[test]
fn a_huge_list_of_peers_is_dialled_a_few_at_a_time_and_port_0_never() {
    let peers: Vec<u8> = (0..3_000u32)
        .flat_map(|n| [&(0x0b00_0000 + n).to_be_bytes()[..], &(n as u16 % 2).to_be_bytes()].concat())
        .collect();
    let head = format!("HTTP/1.0 200 OK\r\n\r\nd8:intervali1000e5:peers{}:", peers.len());
    let mut lab = leech(&[ONE]);
    answer(&mut lab, &[head.as_bytes(), &peers, b"e"].concat());
    assert!((1..=20).contains(&lab.client.dials.len()), "{}", lab.client.dials.len());
    for _ in 0..200 {
        let (connection, _) = lab.client.dials.pop_front().expect("there are more");
        lab.input(Input::Closed { connection });
        lab.advance(1);
    }
    assert!(lab.dialled().iter().all(|(_, to)| !to.ends_with(":0")));
}
