//! The chunked transfer coding (RFC 9112, section 7.1), which some servers use even towards HTTP/1.0 clients.

use super::AnswerError;

/// The longest line of a chunk's size with its extensions, or of a trailer.
const LINE_BYTES_MAX: usize = 1024;

/// Takes chunks apart as their bytes arrive.
#[derive(Debug, Default)]
pub(super) struct ChunkReader {
    expects: Expects,
    line: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expects {
    #[default]
    Size,
    Data {
        left: usize,
    },
    EndOfData,
    Trailer,
}

impl ChunkReader {
    /// Adds bytes; their payload is appended to `body`. True when the last chunk and its trailer are complete.
    pub(super) fn push(&mut self, mut bytes: &[u8], body: &mut Vec<u8>) -> Result<bool, AnswerError> {
        while !bytes.is_empty() {
            if let Expects::Data { left } = self.expects {
                let (data, rest) = bytes.split_at(left.min(bytes.len()));
                body.extend_from_slice(data);
                bytes = rest;
                let left = left - data.len();
                self.expects = if left == 0 { Expects::EndOfData } else { Expects::Data { left } };
                continue;
            }
            let line_end = bytes.iter().position(|byte| *byte == b'\n');
            let (line, rest) = bytes.split_at(line_end.map_or(bytes.len(), |at| at + 1));
            self.line.extend_from_slice(line);
            bytes = rest;
            if self.line.len() > LINE_BYTES_MAX {
                return Err(AnswerError::Chunk);
            }
            if line_end.is_some() && self.line_complete()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn line_complete(&mut self) -> Result<bool, AnswerError> {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_ascii_end();
        self.expects = match self.expects {
            Expects::Size => match chunk_size(line)? {
                0 => Expects::Trailer,
                left => Expects::Data { left },
            },
            Expects::EndOfData if line.is_empty() => Expects::Size,
            Expects::Trailer if line.is_empty() => return Ok(true),
            Expects::Trailer => Expects::Trailer,
            Expects::EndOfData | Expects::Data { .. } => return Err(AnswerError::Chunk),
        };
        Ok(false)
    }
}

/// Hex digits, and extensions that mean nothing here.
fn chunk_size(line: &[u8]) -> Result<usize, AnswerError> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    let text = std::str::from_utf8(digits).map_err(|_| AnswerError::Chunk)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(AnswerError::Chunk);
    }
    usize::from_str_radix(text, 16).map_err(|_| AnswerError::Chunk)
}
