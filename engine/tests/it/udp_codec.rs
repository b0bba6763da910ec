//! Datagrams between clients and trackers: every one that can be made, and those that can't.

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::tracker::udp::{Answer, Request, Said, Wants, patience};
use swarmlab_engine::tracker::{AnnounceRequest, Event, SCRAPE_MAX, SwarmCounts, TEXT_CHARS_MAX};
use swarmlab_engine::wire::PeerId;

fn v4() -> SocketAddr {
    "192.0.2.1:6969".parse().unwrap()
}

fn v6() -> SocketAddr {
    "[2001:db8::1]:6969".parse().unwrap()
}

fn announce() -> impl Strategy<Value = AnnounceRequest> {
    let event = prop_oneof![
        Just(None),
        Just(Some(Event::Started)),
        Just(Some(Event::Completed)),
        Just(Some(Event::Stopped)),
    ];
    let ids = (any::<[u8; 20]>(), any::<[u8; 20]>(), any::<u16>(), any::<u32>());
    let counts = any::<[u64; 3]>();
    (ids, counts, event, prop::option::of(0..=i32::MAX as u32)).prop_map(
        |((info_hash, peer_id, port, key), [uploaded, downloaded, left], event, numwant)| AnnounceRequest {
            info_hash: InfoHash(info_hash),
            peer_id: PeerId(peer_id),
            port,
            uploaded,
            downloaded,
            left,
            event,
            numwant,
            key: Some(key),
            tracker_id: None,
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let hashes = prop::collection::vec(any::<[u8; 20]>().prop_map(InfoHash), 1..=SCRAPE_MAX);
    let wants = prop_oneof![
        Just(Wants::Connect),
        (any::<u64>(), announce(), "/[a-z0-9/?&=]{0,600}").prop_map(|(connection_id, announce, target)| {
            Wants::Announce { connection_id, announce, target }
        }),
        (any::<u64>(), hashes)
            .prop_map(|(connection_id, info_hashes)| Wants::Scrape { connection_id, info_hashes }),
    ];
    (any::<u32>(), wants).prop_map(|(transaction, wants)| Request { transaction, wants })
}

fn answer(is_v6: bool) -> impl Strategy<Value = Answer> {
    let peer = any::<(u32, u128, u16)>().prop_map(move |(v4, v6, port)| {
        let ip: IpAddr = if is_v6 { v6.to_be_bytes().into() } else { v4.to_be_bytes().into() };
        SocketAddr::new(ip, port)
    });
    let counts =
        any::<[u32; 3]>().prop_map(|[seeds, leechers, downloads]| SwarmCounts { seeds, leechers, downloads });
    let said = prop_oneof![
        any::<u64>().prop_map(Said::Connected),
        (any::<[u32; 3]>(), prop::collection::vec(peer, 0..300)).prop_map(
            |([interval, leechers, seeds], peers)| Said::Announced { interval, leechers, seeds, peers }
        ),
        prop::collection::vec(counts, 0..=SCRAPE_MAX).prop_map(Said::Scraped),
        "[a-zäö ]{0,100}".prop_map(Said::Refused),
    ];
    (any::<u32>(), said).prop_map(|(transaction, said)| Answer { transaction, said })
}

proptest! {
    #[test]
    fn a_request_is_read_as_it_was_meant(request in request(), more: Vec<u8>) {
        let bytes = request.encode();
        prop_assert_eq!(Request::decode(&bytes), Some(request.clone()));
        // What is known of a connection request is all that it has; the protocol may grow behind it.
        if request.wants == Wants::Connect {
            let longer = [bytes, more].concat();
            prop_assert_eq!(Request::decode(&longer), Some(request));
        }
    }

    #[test]
    fn an_answer_is_read_as_it_was_meant(
        (is_v6, answer) in any::<bool>().prop_flat_map(|is_v6| (Just(is_v6), answer(is_v6))),
    ) {
        let from = if is_v6 { v6() } else { v4() };
        let bytes = answer.encode();
        prop_assert_eq!(Answer::decode(&bytes, from), Some(answer));
    }

    #[test]
    fn what_is_cut_off_says_less_or_nothing(request in request(), cut in any::<prop::sample::Index>()) {
        let bytes = request.encode();
        let at = cut.index(bytes.len());
        let whole = match &request.wants {
            Wants::Connect => 16,
            Wants::Announce { .. } => 98,
            Wants::Scrape { .. } => 36,
        };
        let read = Request::decode(&bytes[..at]);
        prop_assert_eq!(read.is_some(), at >= whole, "{} of {} bytes", at, bytes.len());
        prop_assert!(read.is_none_or(|read| read.transaction == request.transaction));
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes: Vec<u8>, action in 0u8..5) {
        let framed = [&[0, 0, 0, action, 1, 2, 3, 4], &bytes[..]].concat();
        for datagram in [&bytes, &framed] {
            for from in [v4(), v6()] {
                if let Some(answer) = Answer::decode(datagram, from) {
                    let again = answer.encode();
                    prop_assert_eq!(Answer::decode(&again, from), Some(answer));
                }
            }
            let request = [&[9; 8], &datagram[..]].concat();
            if let Some(request) = Request::decode(&request) {
                let again = request.encode();
                prop_assert_eq!(Request::decode(&again), Some(request));
            }
        }
    }
}

#[test]
fn the_bytes_are_those_of_the_specification() {
    let announce = AnnounceRequest {
        info_hash: InfoHash([1; 20]),
        peer_id: PeerId([2; 20]),
        port: 6881,
        uploaded: 3,
        downloaded: 4,
        left: 5,
        event: Some(Event::Started),
        numwant: None,
        key: Some(6),
        tracker_id: None,
    };
    let wants = |wants| Request { transaction: 0x0102_0304, wants }.encode();
    assert_eq!(wants(Wants::Connect), *b"\0\0\x04\x17\x27\x10\x19\x80\0\0\0\0\x01\x02\x03\x04");
    let bytes = wants(Wants::Announce { connection_id: 7, announce, target: "/announce?x=1".into() });
    let tail = b"\0\0\0\x02\0\0\0\0\0\0\0\x06\xff\xff\xff\xff\x1a\xe1\x02\x0d/announce?x=1";
    let counts = [4u64, 5, 3].map(u64::to_be_bytes).concat();
    let head = [&[0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 1, 2, 3, 4][..], &[1; 20], &[2; 20], &counts].concat();
    assert_eq!(bytes, [&head, &tail[..]].concat());
    assert_eq!(bytes.len(), 98 + 2 + 13);
    let scrape = wants(Wants::Scrape { connection_id: 7, info_hashes: vec![InfoHash([8; 20]); 2] });
    assert_eq!(scrape, [&[0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 2, 1, 2, 3, 4][..], &[8; 40]].concat());

    let says = |bytes: &[u8], from| Answer::decode(bytes, from).map(|answer| answer.said);
    assert_eq!(says(b"\0\0\0\0abcd\0\0\0\0\0\0\0\x09", v4()), Some(Said::Connected(9)));
    let announced = b"\0\0\0\x01abcd\0\0\x07\x08\0\0\0\x01\0\0\0\x02\x0a\0\0\x01\x1a\xe1";
    let peers = vec!["10.0.0.1:6881".parse().unwrap()];
    assert_eq!(
        says(announced, v4()),
        Some(Said::Announced { interval: 1_800, leechers: 1, seeds: 2, peers })
    );
    let scraped = b"\0\0\0\x02abcd\0\0\0\x01\0\0\0\x02\0\0\0\x03";
    let counts = SwarmCounts { seeds: 1, downloads: 2, leechers: 3 };
    assert_eq!(says(scraped, v4()), Some(Said::Scraped(vec![counts])));
    assert_eq!(says(b"\0\0\0\x03abcdno", v4()), Some(Said::Refused("no".into())));
}

#[test]
fn answers_that_are_malformed_are_none() {
    let announced = [&b"\0\0\0\x01abcd"[..], &[0; 12], &[7; 18]].concat();
    for length in 0..20 {
        assert_eq!(Answer::decode(&announced[..length], v4()), None, "{length}");
    }
    let count = |bytes: &[u8], from| match Answer::decode(bytes, from).unwrap().said {
        Said::Announced { peers, .. } => peers.len(),
        said => panic!("{said:?}"),
    };
    // A peer that is cut off is none.
    for (length, of_v4, of_v6) in [(20, 0, 0), (25, 0, 0), (26, 1, 0), (31, 1, 0), (32, 2, 0), (38, 3, 1)] {
        let bytes = &announced[..length];
        assert_eq!((count(bytes, v4()), count(bytes, v6())), (of_v4, of_v6), "{length}");
    }
    for (bytes, is_answer) in [
        (&b""[..], false),
        (b"\0\0\0", false),
        (b"\0\0\0\0abc", false),
        (b"\0\0\0\0abcd1234567", false),
        (b"\0\0\0\0abcd12345678", true),
        (b"\0\0\0\0abcd12345678 and what comes later", true),
        (b"\0\0\0\x02abcd", true),
        (b"\0\0\0\x03abcd", true),
        (b"\0\0\0\x04abcd12345678", false),
        (b"\x01\0\0\0abcd12345678", false),
        (b"\xff\xff\xff\xffabcd12345678", false),
        (b"d8:intervali1800e5:peers0:e", false),
    ] {
        assert_eq!(Answer::decode(bytes, v4()).is_some(), is_answer, "{}", bytes.escape_ascii());
    }
    let long = [b"\0\0\0\x03abcd".to_vec(), vec![b'x'; 60_000]].concat();
    let Said::Refused(reason) = Answer::decode(&long, v4()).unwrap().said else { panic!() };
    assert_eq!(reason.len(), TEXT_CHARS_MAX);
}

#[test]
fn requests_that_are_malformed_are_none() {
    let id = 0x0417_2710_1980_u64.to_be_bytes();
    let request = |id: &[u8], action: u32, rest: &[u8]| {
        Request::decode(&[id, &action.to_be_bytes(), b"abcd", rest].concat())
    };
    assert!(request(&id, 0, b"").is_some());
    assert_eq!(request(&[1; 8], 0, b""), None, "a connection is asked for by another name");
    assert_eq!(request(&id, 3, &[0; 100]), None, "no client says that something went wrong");
    assert_eq!(request(&id, 4, &[0; 100]), None);
    assert_eq!(request(&id, u32::MAX, &[0; 100]), None);
    for length in 0..200 {
        assert_eq!(request(&[1; 8], 1, &vec![0; length]).is_some(), length >= 82, "announce of {length}");
        assert_eq!(request(&[1; 8], 2, &vec![0; length]).is_some(), length >= 20, "scrape of {length}");
    }
    let event = |event: u8| {
        let mut rest = [0; 82];
        rest[67] = event;
        request(&[1; 8], 1, &rest)
    };
    assert!(event(3).is_some() && event(4).is_none());
    let Wants::Scrape { info_hashes, .. } = request(&[1; 8], 2, &[7; 20 * 200]).unwrap().wants else {
        panic!()
    };
    assert_eq!(info_hashes.len(), SCRAPE_MAX);
}

#[test]
fn patience_doubles_eight_times() {
    let seconds: Vec<u64> = [0, 1, 2, 7, 8, 9, u32::MAX].map(|times| patience(times).as_secs()).to_vec();
    assert_eq!(seconds, [15, 30, 60, 1_920, 3_840, 3_840, 3_840]);
}
