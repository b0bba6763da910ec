//! What a client asks for (S1 to S5, S8, S9), and what it says of its interest (S23, S24).

use swarmlab_engine::session::StartWith::{Everything, Nothing};

use super::rig::Act::{self, Drained, Hears, Keeps, Says, Settles, With};
use super::words::*;
use super::{Case, check};

/// A client without anything, which somebody with these messages meets.
fn leecher(heard: Vec<Vec<u8>>, then: Vec<Act>) -> Vec<Act> {
    let met =
        vec![With(1), Says(have_none()), Hears(heard.concat()), Says(interested()), Drained, Settles(0)];
    met.into_iter().chain(then).collect()
}

fn unchoked(then: Vec<Act>) -> Vec<Act> {
    leecher(vec![have_all(), unchoke()], then)
}

#[test]
fn requests() {
    let whole = || Says(request(0, 0, 16_384));
    let cases: Vec<Case> = vec![
        ("a request", Nothing, None, unchoked(vec![whole()])),
        ("not announced", Nothing, Some("S1"), leecher(vec![have_none(), have(1), unchoke()], vec![whole()])),
        ("announced", Nothing, None, leecher(vec![have_none(), have(0), unchoke()], vec![whole()])),
        ("choked", Nothing, Some("S2"), leecher(vec![have_all()], vec![whole()])),
        ("allowed", Nothing, None, leecher(vec![have_all(), allowed_fast(0)], vec![whole()])),
        ("allowed another", Nothing, Some("S2"), leecher(vec![have_all(), allowed_fast(1)], vec![whole()])),
        ("choked meanwhile", Nothing, None, unchoked(vec![Hears(choke()), whole()])),
        ("choked before", Nothing, Some("S2"), unchoked(vec![Hears(choke()), Drained, whole()])),
        (
            "not interested",
            Nothing,
            Some("S3"),
            vec![With(1), Says(have_none()), Hears([have_all(), unchoke()].concat()), whole()],
        ),
        ("the short block", Nothing, None, unchoked(vec![Says(request(2, 16_384, 3_616))])),
        ("beyond the end", Nothing, Some("S4"), unchoked(vec![Says(request(2, 16_384, 16_384))])),
        ("not aligned", Nothing, Some("S4"), unchoked(vec![Says(request(0, 8_192, 16_384))])),
        ("two blocks", Nothing, Some("S4"), unchoked(vec![Says(request(0, 0, 32_768))])),
        ("across pieces", Nothing, Some("S4"), unchoked(vec![Says(request(0, 32_768, 16_384))])),
        ("no such piece", Nothing, Some("S4"), unchoked(vec![Says(request(3, 0, 16_384))])),
        ("twice", Nothing, Some("S5"), unchoked(vec![whole(), whole()])),
        ("again", Nothing, None, unchoked(vec![whole(), Says(cancel(0, 0, 16_384)), whole()])),
        (
            "again after a reject",
            Nothing,
            None,
            unchoked(vec![whole(), Drained, Hears(reject(0, 0, 16_384)), whole()]),
        ),
        (
            "held",
            Nothing,
            Some("S5"),
            unchoked(vec![whole(), Drained, Hears(piece(0, 0)), Keeps(0, 0), Settles(0), whole()]),
        ),
        (
            "held, and bad",
            Nothing,
            None,
            unchoked(vec![
                whole(),
                Drained,
                Hears(piece(0, 0)),
                Keeps(0, 0),
                Settles(0),
                Act::Verified(0, false),
                whole(),
            ]),
        ),
        (
            "a short queue",
            Nothing,
            Some("S8"),
            unchoked(vec![
                Hears(bytes(20, b"\0d4:reqqi1ee")),
                Drained,
                whole(),
                Says(request(0, 16_384, 16_384)),
            ]),
        ),
        ("kept", Nothing, None, unchoked(vec![whole(), Drained, Hears(piece(0, 0)), Keeps(0, 0)])),
        ("kept unasked", Nothing, Some("S9"), unchoked(vec![Drained, Hears(piece(0, 0)), Keeps(0, 0)])),
        (
            "kept twice",
            Nothing,
            Some("S9"),
            unchoked(vec![whole(), Drained, Hears(piece(0, 0)), Keeps(0, 0), Keeps(0, 0)]),
        ),
        (
            "cancelled, and kept",
            Nothing,
            Some("S9"),
            unchoked(vec![whole(), Says(cancel(0, 0, 16_384)), Drained, Hears(piece(0, 0)), Keeps(0, 0)]),
        ),
    ];
    check(cases);
}

#[test]
fn without_the_fast_extension_a_choke_ends_all_requests() {
    let plain = |then: Vec<Act>| {
        let met = vec![
            Act::Accepts(1),
            Hears(handshake(1, false)),
            Says([handshake(0, true), bytes(5, &[0]), interested()].concat()),
            Hears([bytes(5, &[0xe0]), unchoke()].concat()),
            Drained,
            Settles(0),
            Says(request(0, 0, 16_384)),
            Drained,
        ];
        met.into_iter().chain(then).collect()
    };
    let again = || vec![Hears([choke(), unchoke()].concat()), Says(request(0, 0, 16_384))];
    check(vec![
        ("asked again", Nothing, None, plain(again())),
        ("asked twice", Nothing, Some("S5"), plain(vec![Says(request(0, 0, 16_384))])),
        ("kept", Nothing, None, plain(vec![Hears(piece(0, 0)), Keeps(0, 0)])),
        ("kept late", Nothing, Some("S9"), plain(vec![Hears([choke(), piece(0, 0)].concat()), Keeps(0, 0)])),
    ]);
}

#[test]
fn interest() {
    let met = |start, announced: Vec<u8>, then: Vec<Act>| {
        let met = vec![With(1), Says(announced), Drained, Settles(0)];
        (start, met.into_iter().chain(then).collect::<Vec<Act>>())
    };
    let case = |name, expected, (start, acts)| (name, start, expected, acts);
    let hears_all = || Hears(have_all());
    check(vec![
        case(
            "told",
            None,
            met(Nothing, have_none(), vec![hears_all(), Says(interested()), Drained, Settles(0)]),
        ),
        case("silent", Some("S23"), met(Nothing, have_none(), vec![hears_all(), Settles(0)])),
        case(
            "has to wait",
            None,
            met(Nothing, have_none(), vec![hears_all(), Says(have(0)[..3].into()), Settles(0)]),
        ),
        case("a seed", None, met(Everything, have_all(), vec![Hears(have_none()), Settles(0)])),
        case(
            "a greedy seed",
            Some("S23"),
            met(Everything, have_all(), vec![Hears(have_none()), Says(interested()), Drained, Settles(0)]),
        ),
        case(
            "twice",
            Some("S24"),
            met(Nothing, have_none(), vec![hears_all(), Says(interested()), Says(interested())]),
        ),
        case("lost at the start", Some("S24"), met(Nothing, have_none(), vec![Says(not_interested())])),
        case(
            "the last one verified",
            Some("S23"),
            met(
                Nothing,
                have_none(),
                vec![
                    Hears([have_none(), have(0)].concat()),
                    Says(interested()),
                    Drained,
                    Settles(0),
                    Act::Verified(0, true),
                    Says(have(0)),
                    Drained,
                    Settles(0),
                ],
            ),
        ),
    ]);
}
