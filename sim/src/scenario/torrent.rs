//! `[torrent]`: what the swarm shares.

use std::path::PathBuf;

use swarmlab_engine::metainfo::make::automatic_piece_length;
use swarmlab_engine::metainfo::{BLOCK_BYTES, Geometry, PIECE_BYTES_MAX, PIECES_MAX, TOTAL_BYTES_MAX};

use super::text::{
    Complaint, ExistingPath, Fields, Form, Keys, Read, Shape, Table, Value, Written, grouped, quoted_toml,
};
use super::value::{SIZE, Within};

/// What is shared: content made by a formula, or that of a real torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TorrentSpec {
    /// Content that a formula makes: no file is needed, and no memory for it.
    Formula {
        /// `size`, in bytes, up to 32 TiB. Required, unless `file` is given.
        size_bytes: u64,
        /// `piece_length`, in bytes: 16 KiB to 64 MiB. Default: the shortest power of two that makes at most 2,000
        /// pieces, up to 16 MiB.
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

    pub(super) fn write(&self, fields: &mut Fields) {
        match self {
            TorrentSpec::Formula { size_bytes, piece_length_bytes } => {
                fields.put("size", &SIZE_OF_ALL, size_bytes);
                fields.put("piece_length", &PieceLength, piece_length_bytes);
            }
            TorrentSpec::File { torrent, content } => {
                fields.put("file", &ExistingPath, torrent);
                fields.put_some("content", &ContentPath, &content.clone().map(Some));
            }
        }
    }
}

/// The table.
pub(super) const TORRENT: Table<TorrentSpec> = Table { read, write: TorrentSpec::write };

const SIZE_OF_ALL: Within = Within { kind: &SIZE, usual: "MiB", range: 1..=TOTAL_BYTES_MAX };

fn read(keys: &mut Keys<'_>) -> Read<TorrentSpec> {
    let size = keys.optional("size", "The size of content that a formula makes.", &SIZE_OF_ALL);
    let piece_length = keys.optional(
        "piece_length",
        "Any number of bytes from 16 KiB on; torrents in the wild have powers of two (BEP 3). If left out: the shortest \
         power of two that makes at most 2,000 pieces, up to 16 MiB.",
        &PieceLength,
    );
    let file =
        keys.optional("file", "In place of `size`: the torrent file whose content is shared.", &ExistingPath);
    let content = keys.optional(
        "content",
        "The file, or the folder, that holds what the torrent file describes. If left out, or empty: made-up \
         content of the same geometry stands in.",
        &ContentPath,
    );
    let set = keys.exactly_one(
        "a swarm shares one content",
        "size = \"256 MiB\", or file = \"some.torrent\"",
        &[&["size"], &["file"]],
    );
    let (size, piece_length, file, content) = (size?, piece_length?, file?, content?.flatten());
    match (set?, size, file) {
        (0, Some(_), _) if content.is_some() => {
            let complaint = Complaint::new("`content` belongs to a torrent file")
                .label("name the torrent that describes it: `file` in place of `size`");
            Err(keys.refuse_key("content", complaint))
        }
        (0, Some(size), _) => formula(keys, size, piece_length),
        (_, _, Some(_)) if piece_length.is_some() => {
            let complaint = Complaint::new("a torrent file has its own piece length").label("leave this out");
            Err(keys.refuse_key("piece_length", complaint))
        }
        (_, _, Some(torrent)) => Ok(TorrentSpec::File { torrent, content }),
        // One of both is there: it was said so above.
        _ => Err(keys.refuse(Complaint::new("nothing is shared"))),
    }
}

/// Empty takes back what the file says: `--set torrent.content=` for another torrent's geometry alone.
struct ContentPath;

impl Form for ContentPath {
    type T = Option<PathBuf>;

    fn read(&self, value: &Value<'_>) -> Read<Option<PathBuf>> {
        match value.text("a path")? {
            "" => Ok(None),
            _ => value.existing_path().map(Some),
        }
    }

    fn shape(&self) -> Shape {
        ExistingPath.shape()
    }
}

impl Written for ContentPath {
    fn written(&self, value: &Option<PathBuf>) -> String {
        value.as_ref().map_or_else(|| quoted_toml(""), |path| ExistingPath.written(path))
    }
}

struct PieceLength;

impl Form for PieceLength {
    type T = u32;

    fn read(&self, value: &Value<'_>) -> Read<u32> {
        read_piece_length(value)
    }

    fn shape(&self) -> Shape {
        SIZE.shape(&(BLOCK_BYTES.into()..=PIECE_BYTES_MAX.into()))
    }
}

impl Written for PieceLength {
    fn written(&self, value: &u32) -> String {
        quoted_toml(&SIZE.written((*value).into()))
    }
}

fn read_piece_length(value: &Value<'_>) -> Read<u32> {
    let bytes = SIZE.read(value, "KiB", BLOCK_BYTES.into()..=PIECE_BYTES_MAX.into())?;
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
