//! Reads the dictionaries of extension messages (BEP 10), entry by entry. Whatever is not bencoded right says nothing.

/// The value under this key of the outermost dictionary, as it is written.
pub fn entry<'a>(payload: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut rest = payload.strip_prefix(b"d")?;
    while !rest.starts_with(b"e") {
        let (name, after) = string(rest)?;
        rest = skip(after)?;
        if name == key {
            return Some(&after[..after.len() - rest.len()]);
        }
    }
    None
}

/// The number under this key.
pub fn integer<T: std::str::FromStr>(payload: &[u8], key: &[u8]) -> Option<T> {
    let digits = entry(payload, key)?.strip_prefix(b"i")?.strip_suffix(b"e")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The bytes under this key.
pub fn bytes<'a>(payload: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    string(entry(payload, key)?).map(|(bytes, _)| bytes)
}

/// What follows the dictionary.
pub fn behind(payload: &[u8]) -> Option<&[u8]> {
    skip(payload.strip_prefix(b"d").map(|_| payload)?)
}

fn string(from: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = from.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&from[..colon]).ok()?.parse().ok()?;
    from[colon + 1..].split_at_checked(length)
}

/// What follows a value.
fn skip(from: &[u8]) -> Option<&[u8]> {
    let (mut rest, mut depth) = (from, 0);
    loop {
        rest = match rest.first()? {
            b'd' | b'l' => {
                depth += 1;
                &rest[1..]
            }
            b'e' => {
                depth -= 1;
                &rest[1..]
            }
            b'i' => &rest[rest.iter().position(|byte| *byte == b'e')? + 1..],
            _ => string(rest)?.1,
        };
        if depth == 0 {
            return Some(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_entries_of_the_outermost_dictionary_count() {
        let payload = b"d1:md4:reqqi3e6:ut_pexi1ee1:pi6881e4:reqqi500e1:v3:abcebehind";
        assert_eq!(integer(payload, b"reqq"), Some(500));
        assert_eq!(entry(payload, b"m").and_then(|m| integer(m, b"ut_pex")), Some(1));
        assert_eq!(bytes(payload, b"v"), Some(&b"abc"[..]));
        assert_eq!(behind(payload), Some(&b"behind"[..]));
    }

    #[test]
    fn what_is_not_right_says_nothing() {
        assert_eq!(integer::<u32>(b"d1:mdee", b"reqq"), None);
        assert_eq!(integer::<u32>(b"d4:reqqi-1ee", b"reqq"), None);
        assert_eq!(integer::<u32>(b"d4:reqq3:500e", b"reqq"), None);
        assert_eq!(integer::<u32>(b"d1:mde", b"reqq"), None, "cut off");
        assert_eq!(bytes(b"d1:a9:abce", b"a"), None);
        assert_eq!(behind(b"i1e"), None);
    }
}
