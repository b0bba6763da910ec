//! Percent encoding (RFC 3986) of binary values in a query.

/// Appends the bytes, all but unreserved characters encoded.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// The bytes that the text stands for; `None` if a `%` is not followed by two hex digits.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (pair, after) = after.split_at_checked(2)?;
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        out.push((digit(0)? * 16 + digit(1)?) as u8);
        rest = after;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_to_the_same(bytes: Vec<u8>) {
            let mut text = String::new();
            encode(&bytes, &mut text);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'&'));
            prop_assert_eq!(decode(text.as_bytes()), Some(bytes));
        }
    }

    #[test]
    fn a_broken_escape_is_refused() {
        assert_eq!(decode(b"a%2fb+%2F"), Some(b"a/b+/".to_vec()));
        for bad in ["%", "%1", "a%zz", "%-1"] {
            assert_eq!(decode(bad.as_bytes()), None, "{bad}");
        }
    }
}
