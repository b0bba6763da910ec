//! Making torrents: of files and folders, and of content that is computed.
//!
//! What is made is read back through the same checks as a foreign torrent, so it can't be made with a name, a size or a
//! path that this client would refuse.

mod folder;
mod piece_length;

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use sha1::{Digest, Sha1};

use crate::bencode::Tree;

use super::{Error, Geometry, GeometryError, Info, Metainfo, PieceHash};

pub use folder::from_path;
pub use piece_length::automatic as automatic_piece_length;

/// What the maker may say about a torrent beside its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Trackers by tier (BEP 12).
    pub tiers: Vec<Vec<String>>,
    /// Peers may come from the trackers only (BEP 27). Part of the info dictionary: it changes the info-hash.
    pub private: bool,
    /// When the torrent is made, in seconds since 1970. The caller's clock: here is none.
    pub creation_date: Option<i64>,
    /// Free text.
    pub comment: Option<String>,
    /// The program that makes the torrent.
    pub created_by: Option<String>,
}

/// Why a torrent was not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// A file could not be read, or changed its length meanwhile.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A symbolic link, a device or the like, within a folder.
    #[error("{}: neither a file nor a folder", .0.display())]
    NotAFile(PathBuf),
    /// A name that is not UTF-8, or a path without a name.
    #[error("{}: the name is not UTF-8", .0.display())]
    Name(PathBuf),
    /// The content can't be a torrent.
    #[error(transparent)]
    Torrent(#[from] Error),
}

impl From<GeometryError> for MakeError {
    fn from(error: GeometryError) -> MakeError {
        MakeError::Torrent(error.into())
    }
}

/// A torrent of one file whose bytes are computed: `fill` is called once for each piece, in order, with a buffer of the
/// piece's size.
pub fn from_source(
    name: &str,
    geometry: Geometry,
    fields: &Fields,
    mut fill: impl FnMut(u32, &mut [u8]),
) -> Result<Metainfo, MakeError> {
    let hashes = hash_pieces(geometry, |piece, buffer| {
        fill(piece, buffer);
        Ok(())
    })?;
    from_hashes(name, geometry, &hashes, fields)
}

/// A torrent of one file whose pieces have been hashed already.
pub fn from_hashes(
    name: &str,
    geometry: Geometry,
    hashes: &[PieceHash],
    fields: &Fields,
) -> Result<Metainfo, MakeError> {
    let length = ("length", Tree::Int(geometry.total_length as i64));
    finish(name, length, geometry, hashes, fields)
}

/// Hashes all pieces, each of which `fill` writes into the buffer it is given.
fn hash_pieces(
    geometry: Geometry,
    mut fill: impl FnMut(u32, &mut [u8]) -> Result<(), MakeError>,
) -> Result<Vec<PieceHash>, MakeError> {
    let mut buffer = vec![0; geometry.piece_size(0) as usize];
    let mut hashes = Vec::with_capacity(geometry.piece_count as usize);
    for piece in 0..geometry.piece_count {
        let bytes = &mut buffer[..geometry.piece_size(piece) as usize];
        fill(piece, bytes)?;
        hashes.push(Sha1::digest(bytes).into());
    }
    Ok(hashes)
}

fn finish(
    name: &str,
    length_or_files: (&'static str, Tree<'_>),
    geometry: Geometry,
    hashes: &[PieceHash],
    fields: &Fields,
) -> Result<Metainfo, MakeError> {
    let mut entries = vec![
        length_or_files,
        ("name", Tree::from(name)),
        ("piece length", Tree::Int(i64::from(geometry.piece_length))),
        ("pieces", Tree::from(hashes.as_flattened())),
    ];
    if fields.private {
        entries.push(("private", Tree::Int(1)));
    }
    let info = Info::read(Bytes::from(Tree::dict(entries).encode()))?;
    Ok(Metainfo {
        info,
        tiers: fields.tiers.iter().filter(|tier| !tier.is_empty()).cloned().collect(),
        creation_date: fields.creation_date,
        comment: fields.comment.clone(),
        created_by: fields.created_by.clone(),
    })
}
