//! `[torrent]`: what the swarm shares.

use std::path::PathBuf;

use swarmlab_engine::metainfo::make::automatic_piece_length;
use swarmlab_engine::metainfo::{BLOCK_BYTES, Geometry, PIECE_BYTES_MAX, PIECES_MAX, TOTAL_BYTES_MAX};

use super::text::{Complaint, Keys, Read, Value, Writer, grouped};
use super::value::SIZE;

/// What is shared: content made by a formula, or that of a real torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TorrentSpec {
    /// Content that a formula makes: no file is needed, and no memory for it.
    Formula {
        /// `size`, in bytes, up to 32 TiB. Required, unless `file` is given.
        size_bytes: u64,
        /// `piece_length`, in bytes: 16 KiB times a power of two, up to 64 MiB. Default: the shortest that makes at
        /// most 2,000 pieces, up to 16 MiB.
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
    /// Pieces and blocks of content made by a formula; `None` for a torrent file, which a scenario only names.
    pub fn geometry(&self) -> Option<Geometry> {
        let TorrentSpec::Formula { size_bytes, piece_length_bytes } = *self else { return None };
        Geometry::new(size_bytes, piece_length_bytes).ok()
    }

    pub(super) fn read(value: &Value<'_>) -> Read<TorrentSpec> {
        value.table(|keys| {
            let size = keys.optional("size", |value| SIZE.read(value, "MiB", 1..=TOTAL_BYTES_MAX));
            let piece_length = keys.optional("piece_length", read_piece_length);
            let file = keys.optional("file", Value::existing_path);
            // Empty takes back what the file says: `--set torrent.content=` for another torrent's geometry alone.
            let content = keys.optional("content", |value| match value.text("a path")? {
                "" => Ok(None),
                _ => value.existing_path().map(Some),
            });
            match (size?, piece_length?, file?, content?.flatten()) {
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
    let bytes = SIZE.read(value, "KiB", BLOCK_BYTES.into()..=PIECE_BYTES_MAX.into())?;
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
    if pieces > PIECES_MAX.into() {
        let complaint = Complaint::new(format!("these are {} pieces", grouped(pieces.into())))
            .label(format!("at most {}", grouped(PIECES_MAX.into())));
        return Err(keys.refuse_key("piece_length", complaint));
    }
    Ok(TorrentSpec::Formula { size_bytes, piece_length_bytes })
}
