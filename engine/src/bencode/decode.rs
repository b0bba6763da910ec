//! The decoder: one pass, an explicit stack, no allocation before a limit was checked.

use super::{Dict, Error, ErrorKind, Kind, Value};

/// What a decoder may spend on one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest input, in bytes.
    pub bytes_max: usize,
    /// How deep lists and dictionaries may stand in one another.
    pub depth_max: usize,
    /// How many values and keys there may be in all. One decoded value takes about 64 bytes of memory.
    pub tokens_max: usize,
}

impl Limits {
    /// For torrent files. Real ones nest four deep; the other two numbers are near libtorrent's defaults for loading
    /// torrents (10 MB, 3,000,000 tokens).
    pub const TORRENT: Limits = Limits { bytes_max: 10 << 20, depth_max: 32, tokens_max: 2_000_000 };
    /// For tracker answers. Two thousand peers in dictionary form take 12,000 tokens.
    pub const TRACKER: Limits = Limits { bytes_max: 1 << 20, depth_max: 8, tokens_max: 50_000 };
    /// For the dictionary of an extension message (BEP 10), which a peer may send at any time.
    pub const MESSAGE: Limits = Limits { bytes_max: 128 << 10, depth_max: 8, tokens_max: 1_000 };
}

/// Decodes an input that is exactly one value.
pub fn decode(input: &[u8], limits: Limits) -> Result<Value<'_>, Error> {
    let (value, rest) = decode_prefix(input, limits)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(Error { offset: input.len() - rest.len(), kind: ErrorKind::TrailingBytes })
    }
}

/// Decodes the value that the input starts with, and returns the bytes after it (BEP 9 puts a metadata piece there).
pub fn decode_prefix(input: &[u8], limits: Limits) -> Result<(Value<'_>, &[u8]), Error> {
    if input.len() > limits.bytes_max {
        return Err(Error { offset: limits.bytes_max, kind: ErrorKind::TooLong });
    }
    let mut decoder = Decoder { input, at: 0, limits, tokens: 0, open: Vec::new() };
    let value = decoder.run()?;
    Ok((value, &input[decoder.at..]))
}

struct Decoder<'a> {
    input: &'a [u8],
    at: usize,
    limits: Limits,
    tokens: usize,
    /// The containers around the current position, outermost first.
    open: Vec<Open<'a>>,
}

struct Open<'a> {
    start: usize,
    container: Container<'a>,
}

enum Container<'a> {
    List(Vec<Value<'a>>),
    Dict { entries: Vec<(&'a [u8], Value<'a>)>, key: Option<&'a [u8]> },
}

impl<'a> Decoder<'a> {
    fn run(&mut self) -> Result<Value<'a>, Error> {
        loop {
            let Some(value) = self.step()? else { continue };
            match self.open.last_mut() {
                None => return Ok(value),
                Some(Open { container: Container::List(items), .. }) => items.push(value),
                Some(Open { container: Container::Dict { entries, key }, .. }) => match key.take() {
                    Some(key) => entries.push((key, value)),
                    None => match value.kind {
                        Kind::Bytes(bytes) => *key = Some(bytes),
                        _ => return Err(Error { offset: value.offset, kind: ErrorKind::BadKey }),
                    },
                },
            }
        }
    }

    /// Consumes one token; returns a value if one was completed by it.
    fn step(&mut self) -> Result<Option<Value<'a>>, Error> {
        let start = self.at;
        let token = *self.input.get(start).ok_or(self.error(start, ErrorKind::Truncated))?;
        if token == b'e' && !self.open.is_empty() {
            self.at += 1;
            return self.close().map(Some);
        }
        self.tokens += 1;
        if self.tokens > self.limits.tokens_max {
            return Err(self.error(start, ErrorKind::TooManyTokens));
        }
        match token {
            b'i' => self.integer().map(|int| Some(self.value(start, Kind::Int(int)))),
            b'0'..=b'9' => self.string().map(|bytes| Some(self.value(start, Kind::Bytes(bytes)))),
            b'l' => self.open(Container::List(Vec::new())),
            b'd' => self.open(Container::Dict { entries: Vec::new(), key: None }),
            _ => Err(self.error(start, ErrorKind::BadToken)),
        }
    }

    fn open(&mut self, container: Container<'a>) -> Result<Option<Value<'a>>, Error> {
        if self.open.len() >= self.limits.depth_max {
            return Err(self.error(self.at, ErrorKind::TooDeep));
        }
        self.open.push(Open { start: self.at, container });
        self.at += 1;
        Ok(None)
    }

    /// The `e` of the innermost container was just consumed.
    fn close(&mut self) -> Result<Value<'a>, Error> {
        let end = self.at - 1;
        let Open { start, container } = self.open.pop().expect("an `e` is only read inside a container");
        let kind = match container {
            Container::List(items) => Kind::List(items),
            Container::Dict { key: Some(_), .. } => return Err(self.error(end, ErrorKind::KeyWithoutValue)),
            Container::Dict { entries, key: None } => Kind::Dict(sorted(entries)?),
        };
        Ok(self.value(start, kind))
    }

    /// `i`, an optional sign, digits without leading zeros, `e`.
    fn integer(&mut self) -> Result<i64, Error> {
        let start = self.at;
        self.at += 1;
        let negative = self.input.get(self.at) == Some(&b'-');
        self.at += usize::from(negative);
        let digits = self.digits();
        match self.input.get(self.at) {
            None => return Err(self.error(self.at, ErrorKind::Truncated)),
            Some(b'e') => self.at += 1,
            Some(_) => return Err(self.error(start, ErrorKind::BadInteger)),
        }
        let canonical = match digits {
            [] => false,
            [b'0'] => !negative,
            [b'0', ..] => false,
            _ => true,
        };
        if !canonical {
            return Err(self.error(start, ErrorKind::BadInteger));
        }
        // Counting downwards reaches the least number, which has no positive twin.
        let least = digits.iter().try_fold(0i64, |n, d| n.checked_mul(10)?.checked_sub(i64::from(d - b'0')));
        let int = if negative { least } else { least.and_then(i64::checked_neg) };
        int.ok_or(self.error(start, ErrorKind::Overflow))
    }

    /// Digits without leading zeros, `:`, and that many bytes.
    fn string(&mut self) -> Result<&'a [u8], Error> {
        let start = self.at;
        let digits = self.digits();
        match self.input.get(self.at) {
            None => return Err(self.error(self.at, ErrorKind::Truncated)),
            Some(b':') if digits.len() == 1 || digits[0] != b'0' => self.at += 1,
            Some(_) => return Err(self.error(start, ErrorKind::BadLength)),
        }
        let length =
            digits.iter().try_fold(0usize, |n, d| n.checked_mul(10)?.checked_add(usize::from(d - b'0')));
        let end = length.and_then(|length| self.at.checked_add(length));
        let end = end.ok_or(self.error(start, ErrorKind::Overflow))?;
        let bytes = self.input.get(self.at..end).ok_or(self.error(start, ErrorKind::Truncated))?;
        self.at = end;
        Ok(bytes)
    }

    fn digits(&mut self) -> &'a [u8] {
        let rest = &self.input[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        &rest[..length]
    }

    fn value(&self, start: usize, kind: Kind<'a>) -> Value<'a> {
        Value { raw: &self.input[start..self.at], offset: start, kind }
    }

    fn error(&self, offset: usize, kind: ErrorKind) -> Error {
        Error { offset, kind }
    }
}

/// Brings entries into the order of their keys. Sorted input, the common case, is only looked at.
fn sorted<'a>(mut entries: Vec<(&'a [u8], Value<'a>)>) -> Result<Dict<'a>, Error> {
    if !entries.is_sorted_by(|(a, _), (b, _)| a < b) {
        entries.sort_by_key(|(key, _)| *key);
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let (key, value) = &pair[1];
            return Err(Error { offset: value.offset - key.len(), kind: ErrorKind::RepeatedKey });
        }
    }
    Ok(Dict { entries })
}
