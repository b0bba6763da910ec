//! Collecting the head of an HTTP message, whoever sends it.

/// The longest head that is taken, of a request or an answer.
pub const HEAD_BYTES_MAX: usize = 16 << 10;

/// Bytes until the empty line that ends a head.
#[derive(Debug, Default)]
pub(super) struct HeadBuffer {
    bytes: Vec<u8>,
}

/// A complete head, its empty line included, and the bytes that came with it but belong to the body.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) head: Vec<u8>,
    pub(super) rest: &'a [u8],
}

/// No empty line within [`HEAD_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl HeadBuffer {
    /// Adds bytes; returns the head once it is complete.
    pub(super) fn push<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Head<'a>>, TooLong> {
        for (at, &byte) in bytes.iter().enumerate() {
            self.bytes.push(byte);
            if byte == b'\n' && (self.bytes.ends_with(b"\r\n\r\n") || self.bytes.ends_with(b"\n\n")) {
                return Ok(Some(Head { head: std::mem::take(&mut self.bytes), rest: &bytes[at + 1..] }));
            }
            if self.bytes.len() >= HEAD_BYTES_MAX {
                return Err(TooLong);
            }
        }
        Ok(None)
    }
}
