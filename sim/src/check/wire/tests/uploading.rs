//! What a client serves (S10 to S14), and whom it chokes (S21, S22, S24).

use swarmlab_engine::session::StartWith::{self, Everything, Nothing};

use super::rig::Act::{self, Drained, Hears, Says, Settles, TimedOut, With};
use super::words::*;
use super::{Case, check};

/// A seed to which somebody comes who is interested.
fn seed(then: Vec<Act>) -> Vec<Act> {
    let met = vec![With(1), Says(have_all()), Hears([have_none(), interested()].concat()), Drained];
    met.into_iter().chain(then).collect()
}

fn unchoking(then: Vec<Act>) -> Vec<Act> {
    seed([Says(unchoke()), Drained, Settles(10_000)].into_iter().chain(then).collect())
}

#[test]
fn serving() {
    let asks = || Hears(request(0, 0, 16_384));
    let serves = || Says(piece(0, 0));
    let refuses = || Says(reject(0, 0, 16_384));
    let wrong = {
        let mut bytes = piece(0, 0);
        *bytes.last_mut().unwrap() ^= 1;
        bytes
    };
    let cases: Vec<Case> = vec![
        ("a block", Everything, None, unchoking(vec![asks(), serves()])),
        ("unasked", Everything, Some("S11"), unchoking(vec![serves()])),
        ("twice", Everything, Some("S11"), unchoking(vec![asks(), serves(), serves()])),
        (
            "cancelled",
            Everything,
            Some("S11"),
            unchoking(vec![asks(), Hears(cancel(0, 0, 16_384)), serves()]),
        ),
        ("wrong bytes", Everything, Some("S14"), unchoking(vec![asks(), Says(wrong)])),
        ("choked", Everything, Some("S12"), seed(vec![asks(), serves()])),
        ("allowed", Everything, None, seed(vec![Says(allowed_fast(0)), asks(), serves()])),
        ("refused", Everything, None, seed(vec![asks(), refuses(), Drained])),
        ("no answer", Everything, Some("S10"), seed(vec![asks(), Drained])),
        ("refused unasked", Everything, Some("S10"), seed(vec![refuses()])),
        ("refused twice", Everything, Some("S10"), seed(vec![asks(), refuses(), refuses()])),
        (
            "cancelled, answered",
            Everything,
            None,
            unchoking(vec![asks(), Hears(cancel(0, 0, 16_384)), refuses(), Drained]),
        ),
        (
            "cancelled, no answer",
            Everything,
            Some("S10"),
            unchoking(vec![asks(), Hears(cancel(0, 0, 16_384)), Drained]),
        ),
        (
            "choked and refused",
            Everything,
            None,
            unchoking(vec![asks(), Drained, TimedOut, Says(choke()), refuses(), Drained]),
        ),
        (
            "choked, no answer",
            Everything,
            Some("S10"),
            unchoking(vec![asks(), Drained, TimedOut, Says(choke()), Drained]),
        ),
        (
            "served after a choke",
            Everything,
            Some("S12"),
            unchoking(vec![asks(), Drained, TimedOut, Says(choke()), Says(unchoke()), serves()]),
        ),
        ("not verified", Nothing, Some("S13"), {
            let met = vec![With(1), Says(have_none()), Hears([have_none(), interested()].concat()), Drained];
            met.into_iter().chain([Says(unchoke()), Drained, asks(), serves()]).collect()
        }),
    ];
    check(cases);
}

#[test]
fn choking() {
    let case =
        |name, expected, acts| -> (&'static str, StartWith, _, _) { (name, Everything, expected, acts) };
    let second = || vec![With(2), Says(have_all()), Drained, Settles(0)];
    let with_second = |then: Vec<Act>| unchoking(second().into_iter().chain(then).collect());
    check(vec![
        case("who comes", None, unchoking(vec![])),
        case("twice", Some("S24"), unchoking(vec![Says(unchoke())])),
        case("choked twice", Some("S24"), seed(vec![Says(choke())])),
        case(
            "whoever",
            Some("S22"),
            vec![With(1), Says(have_all()), Drained, Settles(0), TimedOut, Says(unchoke()), Settles(0)],
        ),
        case("for no reason", Some("S22"), seed(vec![Settles(0), Says(unchoke()), Settles(0)])),
        case("at a round", None, seed(vec![Settles(0), TimedOut, Says(unchoke()), Settles(0)])),
        case("choked at a round", None, unchoking(vec![TimedOut, Says(choke()), Settles(0)])),
        case("choked suddenly", Some("S22"), unchoking(vec![Says(choke()), Settles(0)])),
        case("choked who left", None, unchoking(vec![Hears(not_interested()), Says(choke()), Settles(0)])),
        case(
            "rounds too near",
            Some("S22"),
            unchoking(vec![
                TimedOut,
                Says(choke()),
                Drained,
                Settles(5_000),
                TimedOut,
                Says(unchoke()),
                Drained,
                Settles(0),
            ]),
        ),
        case(
            "two rounds",
            None,
            unchoking(vec![
                TimedOut,
                Says(choke()),
                Drained,
                Settles(10_000),
                TimedOut,
                Says(unchoke()),
                Drained,
                Settles(0),
            ]),
        ),
        case(
            "more than the slots",
            Some("S21"),
            with_second(vec![
                Hears([have_none(), interested()].concat()),
                Says(unchoke()),
                Drained,
                Settles(0),
            ]),
        ),
        case(
            "in the place of another",
            None,
            with_second(vec![
                Hears([have_none(), interested()].concat()),
                Drained,
                Settles(0),
                With(1),
                Act::Closes,
                With(2),
                Says(unchoke()),
                Drained,
                Settles(0),
            ]),
        ),
    ]);
}
