//! `[torrent]`: what the swarm shares.

use std::path::PathBuf;

use super::text::{Complaint, Keys, Read, Value, Writer, grouped};
use super::value::SIZE;

/// Shortest and longest piece, in bytes: BEP 3 knows no limits; these are what clients make.
const PIECE_BYTES: std::ops::RangeInclusive<u64> = (16 << 10)..=(16 << 20);
/// A block, in bytes: the unit that peers ask each other for.
const BLOCK_BYTES: u32 = 16 << 10;
/// More pieces make a bit field and a hash list that clients refuse.
const PIECES_MAX: u64 = 1 << 20;
/// The largest content: the most pieces of the longest kind.
const SIZE_BYTES_MAX: u64 = PIECES_MAX * *PIECE_BYTES.end();
/// The automatic piece length gives at most so many pieces, and more than half as many where the shortest length allows.
const PIECES_AIM_MAX: u64 = 2_000;

/// What is shared: content made by a formula, or that of a real torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TorrentSpec {
    /// Content that a formula makes: no file is needed, and no memory for it.
    Formula {
        /// `size`, in bytes, up to 16 TiB. Required, unless `file` is given.
        size_bytes: u64,
        /// `piece_length`, in bytes: 16 KiB times a power of two, up to 16 MiB. Default: the shortest that makes at
        /// most 2,000 pieces.
        piece_length_bytes: u32,
    },
    /// The geometry and the hashes of a torrent file.
    File {
        /// `file`: the `.torrent` file.
        torrent: PathBuf,
        /// `content`: the file, or the folder, that holds what the torrent describes. Default: none.
        content: Option<PathBuf>,
    },
}

impl TorrentSpec {
    /// Pieces, and blocks in piece `piece`; unknown for a file, which is read later.
    pub(super) fn blocks(&self, piece: u32) -> Option<(u64, u64)> {
        let TorrentSpec::Formula { size_bytes, piece_length_bytes } = *self else { return None };
        let pieces = size_bytes.div_ceil(piece_length_bytes.into());
        let begin = u64::from(piece) * u64::from(piece_length_bytes);
        let length = size_bytes.saturating_sub(begin).min(piece_length_bytes.into());
        Some((pieces, length.div_ceil(BLOCK_BYTES.into())))
    }

    pub(super) fn read(value: &Value<'_>) -> Read<TorrentSpec> {
        value.table(|keys| {
            let size = keys.optional("size", |value| SIZE.read(value, "MiB", 1..=SIZE_BYTES_MAX));
            let piece_length = keys.optional("piece_length", read_piece_length);
            let file = keys.optional("file", Value::existing_path);
            let content = keys.optional("content", Value::existing_path);
            match (size?, piece_length?, file?, content?) {
                (Some(size), piece_length, None, None) => formula(keys, size, piece_length),
                (None, None, Some(torrent), content) => Ok(TorrentSpec::File { torrent, content }),
                (_, _, Some(_), _) => {
                    let complaint = Complaint::new("a torrent file has its own size and piece length")
                        .label("leave out `size` and `piece_length`, or leave out `file`");
                    Err(keys.refuse_key("file", complaint))
                }
                (_, _, None, Some(_)) => {
                    let complaint = Complaint::new("`content` belongs to a torrent file")
                        .label("name the torrent that describes it: add `file`");
                    Err(keys.refuse_key("content", complaint))
                }
                (None, _, None, None) => {
                    let complaint = Complaint::new("nothing is shared")
                        .label("add size = \"256 MiB\", or file = \"some.torrent\"");
                    Err(keys.refuse(complaint))
                }
            }
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.table(&["torrent"]);
        match self {
            TorrentSpec::Formula { size_bytes, piece_length_bytes } => {
                out.text("size", &SIZE.written(*size_bytes));
                out.text("piece_length", &SIZE.written((*piece_length_bytes).into()));
            }
            TorrentSpec::File { torrent, content } => {
                out.text("file", &torrent.display().to_string());
                if let Some(content) = content {
                    out.text("content", &content.display().to_string());
                }
            }
        }
    }
}

fn read_piece_length(value: &Value<'_>) -> Read<u32> {
    let bytes = SIZE.read(value, "KiB", PIECE_BYTES)?;
    if !bytes.is_power_of_two() {
        let below = bytes.next_power_of_two() / 2;
        let (below, above) = (SIZE.written(below), SIZE.written(below * 2));
        let complaint = Complaint::new("a piece length is 16 KiB times a power of two")
            .label(format!("did you mean \"{below}\" or \"{above}\"?"));
        return Err(value.refuse(complaint));
    }
    // The range ends far below 4 GiB.
    Ok(bytes as u32)
}

fn formula(keys: &Keys<'_>, size_bytes: u64, piece_length: Option<u32>) -> Read<TorrentSpec> {
    let piece_length_bytes = piece_length.unwrap_or_else(|| automatic_piece_length(size_bytes));
    let pieces = size_bytes.div_ceil(piece_length_bytes.into());
    if pieces > PIECES_MAX {
        let complaint = Complaint::new(format!("these are {} pieces", grouped(pieces.into())))
            .label(format!("at most {}", grouped(PIECES_MAX.into())));
        return Err(keys.refuse_key("piece_length", complaint));
    }
    Ok(TorrentSpec::Formula { size_bytes, piece_length_bytes })
}

fn automatic_piece_length(size_bytes: u64) -> u32 {
    let least = size_bytes.div_ceil(PIECES_AIM_MAX).next_power_of_two();
    least.clamp(*PIECE_BYTES.start(), *PIECE_BYTES.end()) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn automatic_piece_lengths_aim_at_a_thousand_or_two(size_bytes in 1..=SIZE_BYTES_MAX) {
            let length = u64::from(automatic_piece_length(size_bytes));
            let pieces = size_bytes.div_ceil(length);
            prop_assert!(length.is_power_of_two() && PIECE_BYTES.contains(&length));
            prop_assert!(pieces <= PIECES_AIM_MAX || length == *PIECE_BYTES.end());
            prop_assert!(pieces > PIECES_AIM_MAX / 2 || length == *PIECE_BYTES.start());
        }
    }
}
