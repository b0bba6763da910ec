//! Messages that are well formed and wrong: about pieces that aren't there, blocks that nobody wants, too much of anything.

use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::session::Misbehaviour;
use swarmlab_engine::wire::{BlockRequest, Message};

use super::{row, say, says, unchoked};
use crate::bad_input::Answer::{Closed, Served};
use crate::bad_input::content::{HELD, PIECES, bytes};
use crate::bad_input::words::{block, piece, raw, wire};
use crate::bad_input::{Row, Script, Step};

/// Requests that a client of this kind holds for a peer (`reqq`).
const REQUESTS_HELD: u32 = 500;

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
