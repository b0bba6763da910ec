//! The request that goes to a tracker (BEP 3): `GET` and a query.

/// What an announce says, as far as it is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub info_hash: Vec<u8>,
    pub peer_id: Vec<u8>,
    pub uploaded: u64,
    pub downloaded: u64,
    pub left: u64,
    /// `started`, `completed`, `stopped` or nothing.
    pub event: String,
}

/// Reads a whole request; `None` if it is none, or lacks what every announce has.
pub fn read(request: &[u8]) -> Option<Query> {
    let line = request.strip_prefix(b"GET ")?.split(|byte| *byte == b' ').next()?;
    let query = &line[line.iter().position(|byte| *byte == b'?')? + 1..];
    let value = |name: &str| {
        let mut pairs = query.split(|byte| *byte == b'&');
        pairs.find_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=").map(unescape))
    };
    let number = |name| String::from_utf8(value(name)?).ok()?.parse().ok();
    Some(Query {
        info_hash: value("info_hash")?,
        peer_id: value("peer_id")?,
        uploaded: number("uploaded")?,
        downloaded: number("downloaded")?,
        left: number("left")?,
        event: String::from_utf8(value("event").unwrap_or_default()).ok()?,
    })
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let hex = |digit: u8| (digit as char).to_digit(16).unwrap_or_default() as u8;
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((&first, after)) = rest.split_first() {
        let escaped = after.first_chunk().filter(|_| first == b'%');
        bytes.push(escaped.map_or(first, |[high, low]| hex(*high) << 4 | hex(*low)));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    bytes
}

/// What an answer says of a time in seconds, under a key as it is bencoded.
pub fn seconds(answer: &[u8], key: &[u8]) -> Option<u64> {
    let at = answer.windows(key.len()).position(|window| window == key)? + key.len();
    let digits = answer[at..].strip_prefix(b"i")?.split(|byte| *byte == b'e').next()?;
    // What is negative, or more than fits, is as short as can be.
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announce_is_read() {
        let request = b"GET /announce?a=1&info_hash=%12ab%ff&peer_id=-X-&port=1&uploaded=3&downloaded=4&left=5&event=started HTTP/1.0\r\n\r\n";
        let said = read(request).unwrap();
        assert_eq!((&said.info_hash[..], &said.peer_id[..]), (&b"\x12ab\xff"[..], &b"-X-"[..]));
        assert_eq!((said.uploaded, said.downloaded, said.left, &*said.event), (3, 4, 5, "started"));
        assert_eq!(read(b"GET /announce HTTP/1.0\r\n\r\n"), None);
    }

    #[test]
    fn an_interval_is_found() {
        let answer = b"d8:completei1e8:intervali1800e12:min intervali60e5:peers0:e";
        assert_eq!(seconds(answer, b"8:interval"), Some(1800));
        assert_eq!(seconds(answer, b"12:min interval"), Some(60));
        assert_eq!(seconds(b"de", b"8:interval"), None);
    }
}
