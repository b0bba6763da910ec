//! Extensions: peers that are told of each other (S44), and metadata (S45).

use swarmlab_engine::session::StartWith::Nothing;

use super::check;
use super::rig::Act::{self, Closes, Drained, Hears, Says, Settles, With};
use super::rig::METADATA;
use super::words::*;

/// Under which the peer takes metadata, and peers.
const THEIR_METADATA: u8 = 7;
const THEIR_PEX: u8 = 9;

fn extended(id: u8, payload: &[u8]) -> Vec<u8> {
    bytes(20, &[&[id][..], payload].concat())
}

fn offer(metadata: u8, pex: u8, size: usize) -> Vec<u8> {
    let said = format!("d1:md11:ut_metadatai{metadata}e6:ut_pexi{pex}ee13:metadata_sizei{size}ee");
    extended(0, said.as_bytes())
}

/// A peer with whom extensions are agreed.
fn met(peer: u32) -> Vec<Act> {
    let theirs = offer(THEIR_METADATA, THEIR_PEX, METADATA.len());
    vec![With(peer), Says([have_none(), offer(2, 1, METADATA.len())].concat()), Hears(theirs)]
}

fn after(first: Vec<Act>, then: Vec<Act>) -> Vec<Act> {
    first.into_iter().chain(then).collect()
}

fn metadata(id: u8, kind: u8, piece: u32, data: &[u8]) -> Vec<u8> {
    extended(id, &[format!("d8:msg_typei{kind}e5:piecei{piece}ee").as_bytes(), data].concat())
}

#[test]
fn metadata_are_exchanged_by_the_rules() {
    let asks = |piece| Hears(metadata(2, 0, piece, b""));
    let says = |kind, piece, data: &[u8]| Says(metadata(THEIR_METADATA, kind, piece, data));
    let case = |name, expected, then| (name, Nothing, expected, after(met(1), then));
    check(vec![
        case("served", None, vec![asks(0), says(1, 0, &METADATA[..1 << 14]), Drained]),
        case("the last piece", None, vec![asks(1), says(1, 1, b"xxxx"), Drained]),
        case("refused", None, vec![asks(5), says(2, 5, b""), Drained]),
        case("left unanswered", Some("S45"), vec![asks(0), Drained, Settles(0)]),
        case("unasked", Some("S45"), vec![says(1, 1, b"xxxx")]),
        case("refused unasked", Some("S45"), vec![asks(1), says(2, 0, b"")]),
        case("wrong bytes", Some("S45"), vec![asks(1), says(1, 1, b"xxxy")]),
        case("too few bytes", Some("S45"), vec![asks(1), says(1, 1, b"xxx")]),
        case("asked for though they are there", Some("S45"), vec![Drained, Settles(0), says(0, 0, b"")]),
        case("no piece", Some("S45"), vec![says(0, 2, b"")]),
        case("a number that means nothing", Some("S20"), vec![Says(metadata(3, 2, 0, b""))]),
        case("another size", Some("S45"), vec![Says(offer(2, 1, 5))]),
    ]);
}

/// Peers by their numbers.
fn peers(key: &str, peers: &[u8]) -> Vec<u8> {
    let mut said = format!("{}:{key}{}:", key.len(), 6 * peers.len()).into_bytes();
    peers.iter().for_each(|peer| said.extend([10, 0, 0, *peer, 0x1a, 0xe1]));
    if key == "added" {
        said.extend(format!("7:added.f{}:", peers.len()).bytes());
        said.extend(peers.iter().map(|_| 0));
    }
    said
}

#[test]
fn peers_are_told_of_each_other_by_the_rules() {
    let says = |added: &[u8], dropped: &[u8]| {
        let said = [b"d".to_vec(), peers("added", added), peers("dropped", dropped), b"e".to_vec()].concat();
        Says(extended(THEIR_PEX, &said))
    };
    // Two are connected, and it goes on with the first.
    let both = || {
        let second = after(met(2), vec![Drained, Settles(10), With(1)]);
        after(after(met(1), vec![Drained]), second)
    };
    let case = |name, expected, then| (name, Nothing, expected, after(both(), then));
    let once = |then: Vec<Act>| after(vec![says(&[2], &[]), Drained], then);
    check(vec![
        case("told", None, once(vec![])),
        case("somebody who is not there", Some("S44"), vec![says(&[3], &[])]),
        case("itself", Some("S44"), vec![says(&[1], &[])]),
        case("nobody", Some("S44"), vec![says(&[], &[])]),
        case("dropped, and never added", Some("S44"), vec![says(&[], &[2])]),
        case("added again", Some("S44"), once(vec![Settles(61_000), says(&[2], &[])])),
        case("too soon", Some("S44"), once(vec![Settles(59_000), says(&[], &[2])])),
        case("dropped in time", None, {
            once(vec![With(2), Closes, Settles(61_000), With(1), says(&[], &[2])])
        }),
        case("long gone", Some("S44"), vec![With(2), Closes, Settles(1_000), With(1), says(&[2], &[])]),
    ]);
}
