//! The rows. Pieces 0 to 9 are held by the client, 10 to 19 are not; it dials nobody, so it is idle until a peer speaks.

use std::time::Duration;

use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::session::Misbehaviour;
use swarmlab_engine::wire::{BlockRequest, Handshake, Message};

use super::content::{HELD, PIECES, bytes};
use super::words::{block, handshake, piece, raw, wire};
use super::{Answer, Row, Script, Step};

use Answer::{Closed, Refused, Served};

/// Longer than the client waits for a handshake.
const HANDSHAKE_OVERDUE: Duration = Duration::from_secs(22);
/// Requests that a client of this kind holds for a peer (`reqq`).
const REQUESTS_HELD: u32 = 500;
/// Bytes that nobody reads are in the buffers of both hosts and of the network before they are in the client.
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

pub fn announcements() -> Vec<Row> {
    let some = || Message::Bitfield(vec![0xff, 0, 0].into());
    let less = || Message::Bitfield(vec![0b1110_1111, 0xff, 0xf0].into());
    let firsts = [some(), Message::HaveNone, Message::Have(3), Message::Interested, Message::Unchoke];
    let late = firsts.iter().flat_map(|first| {
        [Message::HaveAll, Message::HaveNone].map(|late| say(&[wire(first), wire(&late)].concat()))
    });
    let back = [some(), Message::Have(3), Message::HaveAll].map(|first| says(&[first, less()]));
    let beyond = [PIECES, PIECES + 1, PIECES + 4, 1 << 31, u32::MAX];
    let numbered = [Message::Have, Message::AllowedFast, Message::SuggestPiece];
    vec![
        row(
            "a bitfield of a wrong size, or with spare bits",
            [&[0xff, 0xff][..], &[0xff, 0xff, 0xf0, 0], &[], &[0xff, 0xff, 0xff], &[0, 0, 1], &[0; 60_000]]
                .map(|bits| say(&raw(5, bits))),
            Closed(Misbehaviour::BitfieldMalformed),
        ),
        row(
            "what it has, late, or twice and less",
            late.chain(back).collect::<Vec<Script>>(),
            Closed(Misbehaviour::BitfieldLate),
        ),
        row(
            "a late bitfield that only adds, and haves again and again",
            [
                says(&[Message::Have(3), some(), some()]),
                vec![
                    Step::Greet { fast: true },
                    Step::Flood { numbers: 20_000, bytes: |n| have(n % PIECES) },
                ],
            ],
            Served,
        ),
        row(
            "a piece beyond the last",
            numbered.into_iter().flat_map(|of| beyond.map(|piece| says(&[of(piece)]))).collect::<Vec<_>>(),
            Closed(Misbehaviour::PieceOutOfRange),
        ),
    ]
}

pub fn requests() -> Vec<Row> {
    let impossible = [
        block(PIECES, 0, BLOCK_BYTES),
        block(u32::MAX, 0, BLOCK_BYTES),
        block(0, 2 * BLOCK_BYTES, BLOCK_BYTES),
        block(0, BLOCK_BYTES + 1, BLOCK_BYTES),
        block(0, u32::MAX, BLOCK_BYTES),
        block(0, u32::MAX - BLOCK_BYTES + 1, BLOCK_BYTES),
        block(0, 0, BLOCK_BYTES + 1),
        block(0, 0, u32::MAX),
        block(0, 1, u32::MAX),
        block(0, 0, 0),
    ];
    let when_unchoked = |request: &BlockRequest| {
        [true, false].map(|fast| {
            let mut script = unchoked(fast);
            script.push(Step::Say(wire(&Message::Request(*request))));
            script
        })
    };
    let absent = |fast: bool| {
        let mut script = unchoked(fast);
        script.push(Step::Say(wire(&Message::Request(block(HELD, 0, BLOCK_BYTES)))));
        script.extend(fast.then_some(Step::Hear { count: 1, like: is_reject }));
        script
    };
    vec![
        row(
            "a request out of range, overflowing, over a block, or of nothing",
            impossible.iter().flat_map(when_unchoked).collect::<Vec<_>>(),
            Closed(Misbehaviour::RequestOutOfRange),
        ),
        row("a request of a piece that is not here", [absent(true), absent(false)], Served),
        row(
            "cancels of what was never asked for",
            impossible.map(|request| says(&[Message::Cancel(request)])),
            Served,
        ),
    ]
}

pub fn floods() -> Vec<Row> {
    let while_choked = |fast, numbers| {
        vec![Step::Greet { fast }, Step::Flood { numbers, bytes: |_| request(block(3, 0, BLOCK_BYTES)) }]
    };
    let rejected = |mut script: Script, count| {
        script.push(Step::Hear { count, like: is_reject });
        script
    };
    let unread = |fast| {
        let mut script = unchoked(fast);
        script.push(Step::StopReading);
        script.push(Step::Flood {
            numbers: 20_000,
            bytes: |n| request(block(n % HELD, n / HELD, BLOCK_BYTES)),
        });
        script
    };
    vec![
        row(
            "some requests while choked, which may have crossed with the choke",
            [rejected(while_choked(true, 400), 400), while_choked(false, 400)],
            Served,
        ),
        row(
            "requests long after a choke",
            [while_choked(true, 4_000), while_choked(false, 4_000)],
            Closed(Misbehaviour::RequestFlood),
        ),
        // What fits the buffers is sent, and what fits the queue is held; the disk reads for both.
        row(
            "more requests than anybody holds",
            [true, false].map(unread),
            Closed(Misbehaviour::RequestFlood),
        )
        .reading(2 * REQUESTS_HELD as usize),
    ]
}

pub fn pieces() -> Vec<Row> {
    let seed = |answers: &[fn(BlockRequest) -> Vec<u8>]| {
        let mut script = says(&[Message::HaveAll, Message::Unchoke]);
        script.extend(answers.iter().map(|answer| Step::Answer(*answer)));
        script
    };
    let unasked = |n: u32| piece(n % PIECES, 0, BLOCK_BYTES as usize);
    let many = |numbers| vec![Step::Greet { fast: true }, Step::Flood { numbers, bytes: unasked }];
    vec![
        row("blocks that nobody asked for, some of them held already", [many(64)], Served),
        row("no end of blocks that nobody asked for", [many(200)], Closed(Misbehaviour::PieceUnasked)),
        row(
            "blocks that are misaligned, short, empty, beyond the end, or come twice",
            [
                seed(&[
                    |asked| piece(asked.piece, asked.begin + 1, BLOCK_BYTES as usize - 1),
                    |asked| piece(asked.piece, asked.begin, BLOCK_BYTES as usize - 1),
                    |asked| piece(asked.piece, asked.begin, 0),
                    |asked| piece(asked.piece, BLOCK_BYTES / 2, BLOCK_BYTES as usize),
                ]),
                seed(&[
                    |_| piece(PIECES, 0, BLOCK_BYTES as usize),
                    |_| piece(u32::MAX, u32::MAX, BLOCK_BYTES as usize),
                    |asked| piece(asked.piece, 2 * BLOCK_BYTES, BLOCK_BYTES as usize),
                ]),
                seed(&[|asked| right(asked).repeat(2), |asked| right(asked).repeat(3)]),
            ],
            Served,
        ),
        row(
            "a block that is too long",
            [seed(&[|asked| piece(asked.piece, asked.begin, BLOCK_BYTES as usize + 1)])],
            Closed(Misbehaviour::MessageTooLong),
        ),
    ]
}

pub fn fast_messages() -> Vec<Row> {
    let without = [
        Message::HaveAll,
        Message::HaveNone,
        Message::SuggestPiece(3),
        Message::AllowedFast(3),
        Message::RejectRequest(block(3, 0, BLOCK_BYTES)),
    ];
    let never_sent = [
        block(0, 0, BLOCK_BYTES),
        block(15, 0, 100),
        block(15, BLOCK_BYTES / 2, BLOCK_BYTES),
        block(u32::MAX, u32::MAX, u32::MAX),
    ];
    vec![
        row(
            "a message of the fast extension without the agreement",
            without.map(|message| vec![Step::Greet { fast: false }, Step::Say(wire(&message))]),
            Closed(Misbehaviour::FastWithoutAgreement),
        ),
        row(
            "a reject of what was never sent",
            never_sent.map(|request| says(&[Message::RejectRequest(request)])),
            Closed(Misbehaviour::RejectUnasked),
        ),
        row(
            "a reject of the same request twice",
            [vec![
                Step::Greet { fast: true },
                Step::Say([wire(&Message::HaveAll), wire(&Message::Unchoke)].concat()),
                Step::Answer(|asked| wire(&Message::RejectRequest(asked)).repeat(2)),
            ]],
            Closed(Misbehaviour::RejectUnasked),
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

fn row(name: &'static str, scripts: impl Into<Vec<Script>>, answer: Answer) -> Row {
    let reads_max = usize::from(answer == Served);
    Row { name, scripts: scripts.into(), answer, reads_max }
}

impl Row {
    fn reading(self, reads_max: usize) -> Row {
        Row { reads_max, ..self }
    }
}

/// Greets, and says this.
fn say(bytes: &[u8]) -> Script {
    vec![Step::Greet { fast: true }, Step::Say(bytes.to_vec())]
}

fn says(messages: &[Message]) -> Script {
    say(&messages.iter().flat_map(wire).collect::<Vec<u8>>())
}

/// Greets, and waits until its requests will be served.
fn unchoked(fast: bool) -> Script {
    let is_unchoke = |message: &Message| matches!(message, Message::Unchoke);
    vec![
        Step::Greet { fast },
        Step::Say(wire(&Message::Interested)),
        Step::Hear { count: 1, like: is_unchoke },
    ]
}

fn request(request: BlockRequest) -> Vec<u8> {
    wire(&Message::Request(request))
}

fn have(piece: u32) -> Vec<u8> {
    wire(&Message::Have(piece))
}

/// What an honest seed answers.
fn right(asked: BlockRequest) -> Vec<u8> {
    let BlockRequest { piece, begin, length } = asked;
    wire(&Message::Piece { piece, begin, data: bytes(piece, begin, length).into() })
}

fn is_reject(message: &Message) -> bool {
    matches!(message, Message::RejectRequest(_))
}
