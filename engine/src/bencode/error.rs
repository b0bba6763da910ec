//! Why bytes were not bencoding, and where.

/// Bytes that are not acceptable bencoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct Error {
    /// Index into the input of the first byte that can't be accepted.
    pub offset: usize,
    /// The rule that was broken.
    pub kind: ErrorKind,
}

/// The rule of the format, or the limit, that the input broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// A value was expected, and this byte starts none.
    #[error("no value starts with this byte")]
    BadToken,
    /// An integer without digits, with a leading zero, negative zero, or without its `e`.
    #[error("malformed integer")]
    BadInteger,
    /// A string length with a leading zero, or without its colon.
    #[error("malformed string length")]
    BadLength,
    /// A dictionary key that is no string.
    #[error("dictionary key is not a string")]
    BadKey,
    /// A dictionary that ends between a key and its value.
    #[error("dictionary key without a value")]
    KeyWithoutValue,
    /// An integer that does not fit 64 signed bits, or a length that does not fit the address space.
    #[error("number too large")]
    Overflow,
    /// The same key twice in one dictionary.
    #[error("repeated dictionary key")]
    RepeatedKey,
    /// More bytes after the value.
    #[error("bytes after the end of the value")]
    TrailingBytes,
    /// The input ends inside a value.
    #[error("input ends inside a value")]
    Truncated,
    /// Lists and dictionaries nested deeper than [`Limits::depth_max`](super::Limits).
    #[error("nested too deeply")]
    TooDeep,
    /// More values and keys than [`Limits::tokens_max`](super::Limits).
    #[error("too many values")]
    TooManyTokens,
    /// The input is longer than [`Limits::bytes_max`](super::Limits).
    #[error("input too long")]
    TooLong,
}
