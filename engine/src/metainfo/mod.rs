//! Torrent files (BEP 3), their trackers (BEP 12) and padding files (BEP 47): read, made, written; and magnet links
//! (BEP 9, BEP 53).
//!
//! [`Magnet`] is a link, [`Metainfo`] is a torrent file; [`Info`] is the part of it that the info-hash covers and that peers can send to one
//! another (BEP 9); [`Geometry`] is the arithmetic of pieces and blocks. Reading is where untrusted input is judged:
//! an `Info` that exists has sizes that add up, one hash for each piece, and paths that stay below a folder.
//!
//! Not here: version 2 torrents (BEP 52) are refused unless they are hybrids, whose version 1 half is read; web seeds
//! (`url-list`) are ignored; symbolic links (BEP 47) are left out.

mod file_list;
mod file_selection;
mod geometry;
mod info;
mod info_hash;
mod magnet;
pub mod make;
mod path;
mod torrent;

pub use file_list::{FILES_MAX, File};
pub use file_selection::{BadSelection, FILE_RANGES_MAX, FileSelection};
pub use geometry::{BLOCK_BYTES, Geometry, GeometryError, PIECE_BYTES_MAX, PIECES_MAX, TOTAL_BYTES_MAX};
pub use info::{Info, PieceHash};
pub use info_hash::{BadInfoHash, InfoHash};
pub use magnet::{MAGNET_BYTES_MAX, MAGNET_PEERS_MAX, Magnet, MagnetError};
pub use path::{PATH_COMPONENT_BYTES_MAX, PATH_COMPONENTS_MAX, PathError};
pub use torrent::{Metainfo, TRACKER_URL_BYTES_MAX, TRACKERS_MAX};

use crate::bencode;

/// Why bytes are no torrent that this client takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not bencoding, or exceed its limits; the limit on the size of a torrent file is one of them.
    #[error("not a bencoded torrent: {0}")]
    Bencode(#[from] bencode::Error),
    /// A field that must be there is absent or has the wrong type.
    #[error("`{0}` is missing or has the wrong type")]
    Field(&'static str),
    /// Hashes of BEP 52 only.
    #[error("a version 2 torrent without version 1 hashes (BEP 52) is not supported")]
    Version2Only,
    /// Both `length` and `files`: two readers could see two different torrents.
    #[error("both `length` and `files` are given")]
    SingleAndMulti,
    /// More files than [`FILES_MAX`].
    #[error("more than {FILES_MAX} files")]
    TooManyFiles,
    /// Sizes out of range.
    #[error(transparent)]
    Geometry(#[from] GeometryError),
    /// The number of hashes does not follow from the sizes.
    #[error("`pieces` has {bytes} bytes where {pieces} pieces need 20 each")]
    Pieces {
        /// The length of `pieces`.
        bytes: usize,
        /// ⌈total length / piece length⌉
        pieces: u32,
    },
    /// A name that must not become part of a path.
    #[error(transparent)]
    Path(#[from] PathError),
}
