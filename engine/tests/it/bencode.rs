//! Bencoding: what goes in comes out, and nothing that comes in does harm.

use std::borrow::Cow;

use proptest::prelude::*;
use swarmlab_engine::bencode::{ErrorKind, Limits, Tree, decode, decode_prefix};

const LIMITS: Limits = Limits { bytes_max: 4096, depth_max: 8, tokens_max: 500 };

fn tree() -> impl Strategy<Value = Tree<'static>> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..12);
    let leaf = prop_oneof![any::<i64>().prop_map(Tree::Int), bytes().prop_map(Tree::from)];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::List),
            prop::collection::btree_map(bytes().prop_map(Cow::Owned), inner, 0..6).prop_map(Tree::Dict),
        ]
    })
}

/// Strings that look like bencoding more often than random bytes do.
fn nearly_bencoding() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just(b"d".to_vec()),
        Just(b"l".to_vec()),
        Just(b"e".to_vec()),
        Just(b"i".to_vec()),
        Just(b"-".to_vec()),
        Just(b":".to_vec()),
        Just(b"1:a".to_vec()),
        Just(b"2:ab".to_vec()),
        Just(b"i7e".to_vec()),
        prop::collection::vec(b'0'..=b'9', 1..25),
        prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded_to_the_same(tree in tree()) {
        let bytes = tree.encode();
        let value = decode(&bytes, Limits::TORRENT).unwrap();
        prop_assert_eq!(value.raw(), &bytes[..]);
        prop_assert_eq!(Tree::from(&value), tree);
    }

    #[test]
    fn arbitrary_bytes_give_a_value_or_an_error(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        nearly_bencoding(),
    ]) {
        match decode_prefix(&bytes, LIMITS) {
            Ok((value, rest)) => {
                prop_assert_eq!(value.raw().len() + rest.len(), bytes.len());
                let again = Tree::from(&value).encode();
                prop_assert!(again.len() == value.raw().len(), "an accepted value has one spelling, up to order");
            }
            Err(error) => prop_assert!(error.offset <= bytes.len()),
        }
    }

    #[test]
    fn every_cut_of_a_value_is_truncated(tree in tree(), at in any::<prop::sample::Index>()) {
        let bytes = tree.encode();
        let error = decode(&bytes[..at.index(bytes.len())], Limits::TORRENT).unwrap_err();
        prop_assert_eq!(error.kind, ErrorKind::Truncated);
    }

    #[test]
    fn depth_is_limited_exactly(depth in 1usize..20) {
        let bytes = [b"l".repeat(depth), b"e".repeat(depth)].concat();
        let result = decode(&bytes, LIMITS);
        prop_assert_eq!(result.is_ok(), depth <= LIMITS.depth_max);
        if let Err(error) = result {
            prop_assert_eq!((error.offset, error.kind), (LIMITS.depth_max, ErrorKind::TooDeep));
        }
    }
}

#[test]
fn each_rule_is_enforced_at_its_byte() {
    let cases: &[(&[u8], usize, ErrorKind)] = &[
        (b"", 0, ErrorKind::Truncated),
        (b"x", 0, ErrorKind::BadToken),
        (b"e", 0, ErrorKind::BadToken),
        (b"ie", 0, ErrorKind::BadInteger),
        (b"i-e", 0, ErrorKind::BadInteger),
        (b"i-0e", 0, ErrorKind::BadInteger),
        (b"i01e", 0, ErrorKind::BadInteger),
        (b"i-01e", 0, ErrorKind::BadInteger),
        (b"i+1e", 0, ErrorKind::BadInteger),
        (b"li1 ee", 1, ErrorKind::BadInteger),
        (b"i9223372036854775808e", 0, ErrorKind::Overflow),
        (b"i-9223372036854775809e", 0, ErrorKind::Overflow),
        (b"i12", 3, ErrorKind::Truncated),
        (b"5:abcd", 0, ErrorKind::Truncated),
        (b"01:a", 0, ErrorKind::BadLength),
        (b"1a", 0, ErrorKind::BadLength),
        (b"99999999999999999999:a", 0, ErrorKind::Overflow),
        (b"18446744073709551615:a", 0, ErrorKind::Overflow),
        (b"18446744073709551600:a", 0, ErrorKind::Overflow),
        (b"9223372036854775807:a", 0, ErrorKind::Truncated),
        (b"-1:a", 0, ErrorKind::BadToken),
        (b"di1ei2ee", 1, ErrorKind::BadKey),
        (b"d1:ae", 4, ErrorKind::KeyWithoutValue),
        (b"d1:ai1e1:bi2e1:ai3ee", 15, ErrorKind::RepeatedKey),
        (b"i1ei2e", 3, ErrorKind::TrailingBytes),
    ];
    for (input, offset, kind) in cases {
        let error = decode(input, LIMITS).unwrap_err();
        assert_eq!((error.offset, error.kind), (*offset, *kind), "{}", input.escape_ascii());
    }
}

#[test]
fn what_has_no_end_ends_at_the_limit() {
    for limits in [Limits::TORRENT, Limits::TRACKER, Limits::MESSAGE, LIMITS] {
        let limits = Limits { bytes_max: 8 << 20, ..limits };
        let kind = |input: &[u8]| decode(input, limits).unwrap_err().kind;
        for nested in [b"l".repeat(1_000_000), b"d0:".repeat(1_000_000)] {
            assert_eq!(kind(&nested), ErrorKind::TooDeep);
        }
        for token in [&b"i0e"[..], b"0:", b"le", b"de"] {
            assert_eq!(
                kind(&[b"l", &token.repeat(limits.tokens_max + 1)[..]].concat()),
                ErrorKind::TooManyTokens
            );
        }
        let digits = b"9".repeat(1_000_000);
        assert_eq!(kind(&[b"i", &digits[..], b"e"].concat()), ErrorKind::Overflow);
        assert_eq!(kind(&[&digits[..], b":"].concat()), ErrorKind::Overflow);
        assert_eq!(kind(&digits), ErrorKind::Truncated);
        assert_eq!(kind(&vec![b'0'; limits.bytes_max + 1]), ErrorKind::TooLong);
    }
}

#[test]
fn a_key_stands_once_in_a_dictionary_however_they_are_ordered_and_nested() {
    for twice in [&b"d1:ai1e1:ai1ee"[..], b"d1:bi1e1:ai2e1:bi1ee", b"ld1:xd0:i1e0:i1eeee"] {
        assert_eq!(decode(twice, LIMITS).unwrap_err().kind, ErrorKind::RepeatedKey);
    }
    assert!(decode(b"d1:ad1:ai1ee1:bd1:ai1eee", LIMITS).is_ok(), "one in another is no repetition");
}

#[test]
fn keys_out_of_order_are_read_and_found() {
    let value = decode(b"d1:bi2e1:ai1e1:cd1:xleee", LIMITS).unwrap();
    let dict = value.as_dict().unwrap();
    assert_eq!(dict.get(b"a").and_then(|v| v.as_int()), Some(1));
    assert_eq!(dict.get(b"b").and_then(|v| v.as_int()), Some(2));
    assert_eq!(dict.get(b"c").unwrap().raw(), b"d1:xlee");
    assert_eq!(dict.get(b"c").unwrap().offset(), 16);
    assert_eq!(Tree::from(&value).encode(), b"d1:ai1e1:bi2e1:cd1:xleee");
}

#[test]
fn the_extreme_integers_are_read() {
    for int in [i64::MIN, -1, 0, 1, i64::MAX] {
        assert_eq!(decode(&Tree::Int(int).encode(), LIMITS).unwrap().as_int(), Some(int));
    }
}
