//! What may follow an announce (BEP 41): path and query of the tracker's URL, where passkeys stand.

const END: u8 = 0;
const NOTHING: u8 = 1;
const URL_DATA: u8 = 2;
/// What the length of one option can say.
const PART_BYTES_MAX: usize = 255;

/// The option, in as many parts as it needs. A URL without a path has none.
pub fn encode(target: &str, out: &mut Vec<u8>) {
    if target == "/" {
        return;
    }
    for part in target.as_bytes().chunks(PART_BYTES_MAX) {
        out.extend([URL_DATA, part.len() as u8]);
        out.extend_from_slice(part);
    }
}

/// The parts put together; `/` if there is none. Options that nobody knows are left out, and so is what is cut off.
pub fn decode(mut options: &[u8]) -> Vec<u8> {
    let mut target = Vec::new();
    while let Some((&kind, rest)) = options.split_first() {
        options = rest;
        match kind {
            END => break,
            NOTHING => continue,
            _ => {}
        }
        let Some((&length, rest)) = options.split_first() else { break };
        let Some((part, rest)) = rest.split_at_checked(length.into()) else { break };
        if kind == URL_DATA {
            target.extend_from_slice(part);
        }
        options = rest;
    }
    if target.is_empty() {
        target.push(b'/');
    }
    target
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_target_of_any_length_comes_back(target in "/[a-z0-9/?&=%]{0,700}") {
            let mut bytes = Vec::new();
            encode(&target, &mut bytes);
            prop_assert_eq!(decode(&bytes), target.as_bytes());
            bytes.extend([END, URL_DATA, 1, b'x']);
            prop_assert_eq!(decode(&bytes), target.as_bytes());
        }

        #[test]
        fn arbitrary_options_do_no_harm(options: Vec<u8>) {
            let length = decode(&options).len();
            prop_assert!((1..=options.len().max(1)).contains(&length));
        }
    }

    #[test]
    fn what_is_unknown_is_left_out_and_what_is_cut_off_too() {
        let cases: [(&[u8], &[u8]); 8] = [
            (b"", b"/"),
            (b"\x00\x02\x01x", b"/"),
            (b"\x01\x01\x02\x02/a", b"/a"),
            (b"\x02\x02/a\x02\x01b", b"/ab"),
            (b"\x07\x03xyz\x02\x02/a", b"/a"),
            (b"\x02", b"/"),
            (b"\x02\x03/a", b"/"),
            (b"\x02\x02/a\x02\x09b", b"/a"),
        ];
        for (options, target) in cases {
            assert_eq!(decode(options), target, "{}", options.escape_ascii());
        }
    }
}
