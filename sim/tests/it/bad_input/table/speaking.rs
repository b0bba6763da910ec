//! Bytes that are no conversation: streams that don't begin, messages that are none, extensions, and people who don't read.

use std::time::Duration;

use swarmlab_engine::session::Misbehaviour;
use swarmlab_engine::wire::{Handshake, Message};

use super::{row, say, says};
use crate::bad_input::Answer::{Closed, Refused, Served};
use crate::bad_input::words::{handshake, raw, wire};
use crate::bad_input::{Row, Script, Step};

/// Longer than the client waits for a handshake.
const HANDSHAKE_OVERDUE: Duration = Duration::from_secs(22);
/// Answers that nobody reads wait in the kernels' buffers first, some megabytes of them; only then in the client.
const MORE_THAN_ANY_BUFFER: u32 = 4_000_000;

pub fn handshakes() -> Vec<Row> {
    let prefix = |prefix: &[u8]| {
        let mut bytes = prefix.to_vec();
        bytes.resize(68, 0);
        vec![Step::Say(bytes)]
    };
    let spoilt = |spoil: fn(&mut Handshake)| {
        let mut handshake = handshake(1, true);
        spoil(&mut handshake);
        vec![Step::Say(handshake.encode().to_vec())]
    };
    let first_half = || Step::Say(handshake(1, true).encode()[..40].to_vec());
    vec![
        row(
            "a handshake of something else",
            [
                prefix(b"GET / HTTP/1.1\r\n\r\n"),
                prefix(b"\x13BitTorrent protocoL"),
                prefix(b"\x12BitTorrent protocol"),
                prefix(&[0xff; 68]),
                prefix(&[]),
            ],
            Refused,
        ),
        row("a torrent that is not here", [spoilt(|handshake| handshake.info_hash.0[19] ^= 1)], Refused),
        row(
            "silence instead of a handshake, or half of one",
            [
                vec![Step::Wait(HANDSHAKE_OVERDUE)],
                vec![first_half(), Step::Wait(HANDSHAKE_OVERDUE)],
                vec![first_half(), Step::Wait(HANDSHAKE_OVERDUE / 2), Step::Wait(HANDSHAKE_OVERDUE / 2)],
            ],
            Refused,
        ),
        row(
            "a thousand who dial and say nothing",
            [vec![Step::Crowd { dialers: 1_000, kept_max: 100 }, Step::Wait(HANDSHAKE_OVERDUE)]],
            Refused,
        ),
    ]
}

pub fn framing() -> Vec<Row> {
    let lengths = [
        (0, 1),
        (1, 1),
        (2, 4),
        (3, 1),
        (4, 3),
        (4, 5),
        (6, 11),
        (6, 13),
        (7, 7),
        (8, 11),
        (9, 3),
        (13, 3),
        (14, 1),
        (15, 1),
        (16, 11),
        (17, 5),
        (20, 0),
    ];
    let unknown: Vec<u8> = [10, 11, 12, 18, 19, 21, 99, 255].map(|id| raw(id, b"whatever")).concat();
    vec![
        row(
            "a length prefix over the limit, and nothing behind it",
            [&[0xff; 4][..], &[0, 1, 0, 1], &[0x80, 0, 0, 0, 20], &[0, 0, 0x40, 0x0a, 7]].map(say),
            Closed(Misbehaviour::MessageTooLong),
        ),
        row(
            "a wrong fixed length",
            lengths.map(|(id, length)| say(&raw(id, &vec![0; length]))),
            Closed(Misbehaviour::MessageMalformed),
        ),
        row("an unknown number", [say(&unknown), say(&raw(77, &[0; 60_000]))], Served),
        row("no end of keep-alives", [say(&[0; 40_000])], Served),
        row(
            "everything byte by byte",
            [vec![
                Step::Trickle(handshake(0, true).encode().to_vec()),
                Step::Trickle(wire(&Message::HaveNone)),
                Step::Trickle(raw(20, b"\0d1:pi6881e4:reqqi3ee")),
                Step::Trickle(wire(&Message::Interested)),
            ]],
            Served,
        ),
    ]
}

pub fn extensions() -> Vec<Row> {
    let handshakes: [&[u8]; 14] = [
        b"",
        b"not a dictionary",
        b"i1e",
        b"d",
        b"d1:m",
        b"d1:md6:ut_pexi-1eee",
        b"d1:mi0e1:pi70000e4:reqqi-1e1:v2:\xff\xfee",
        b"d1:pi0e4:reqqi0ee",
        b"d4:reqqi9223372036854775807ee",
        b"d4:reqqi9223372036854775808ee",
        b"d1:pi-1e1:pi1ee",
        b"d1:v99999999:xe",
        b"d1:v99999999999999999999:xe",
        b"de and something behind it",
    ];
    let mut scripts: Vec<Script> =
        handshakes.iter().map(|payload| say(&raw(20, &[&[0], *payload].concat()))).collect();
    scripts.extend([b"d", b"l"].map(|open| say(&raw(20, &[&[0], &open.repeat(60_000)[..]].concat()))));
    scripts.push(vec![
        Step::Greet { fast: true },
        Step::Flood { numbers: 5_000, bytes: |n| raw(20, format!("\0d1:pi{}ee", n % 65_536).as_bytes()) },
    ]);
    vec![
        row("an extension handshake of garbage", scripts, Served),
        row(
            "a message of an extension that is not spoken",
            [say(&raw(20, b"\x4dde")), say(&raw(9, &[0, 0]))],
            Served,
        ),
    ]
}

pub fn patience() -> Vec<Row> {
    let mut chatter = says(&[Message::HaveAll]);
    chatter.push(Step::StopReading);
    chatter.push(Step::Flood {
        numbers: MORE_THAN_ANY_BUFFER,
        bytes: |_| [wire(&Message::Interested), wire(&Message::NotInterested)].concat(),
    });
    vec![row("somebody who has us talk and does not read", [chatter], Closed(Misbehaviour::NotReading))]
}
