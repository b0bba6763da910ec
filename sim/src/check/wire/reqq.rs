//! What an extension handshake (BEP 10) says of requests.

/// The value of `reqq`, unless it says none.
///
/// Walks the entries of the outermost dictionary; whatever is not bencoded right says nothing.
pub fn reqq(payload: &[u8]) -> Option<u32> {
    let mut rest = payload.strip_prefix(b"d")?;
    while !rest.starts_with(b"e") {
        let (key, after) = string(rest)?;
        if key == b"reqq" {
            let digits = after.strip_prefix(b"i")?.split(|byte| *byte == b'e').next()?;
            return std::str::from_utf8(digits).ok()?.parse().ok();
        }
        rest = skip(after)?;
    }
    None
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
    use super::reqq;

    #[test]
    fn only_the_entry_of_the_outermost_dictionary_counts() {
        assert_eq!(reqq(b"d1:md4:reqqi3e6:ut_pexi1ee1:pi6881e4:reqqi500e1:v3:abce"), Some(500));
        assert_eq!(reqq(b"d1:mdee"), None);
        assert_eq!(reqq(b"d4:reqqi-1ee"), None);
        assert_eq!(reqq(b"d4:reqq3:500e"), None);
        assert_eq!(reqq(b"d1:mde"), None, "cut off");
    }
}
