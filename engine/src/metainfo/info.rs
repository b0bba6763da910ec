//! The info dictionary: what the info-hash covers, and what peers send to one another (BEP 9).

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::bencode::{self, Dict, Limits, Value};

use super::path::component;
use super::{Error, File, Geometry, GeometryError, InfoHash, file_list};

/// The SHA-1 of a piece.
pub type PieceHash = [u8; 20];

/// A checked info dictionary and the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    hash: InfoHash,
    raw: Bytes,
    name: String,
    geometry: Geometry,
    piece_hashes: Arc<[PieceHash]>,
    files: Vec<File>,
    private: bool,
}

impl Info {
    /// Reads an info dictionary. The bytes are kept as they are: they are what the info-hash is over, and what a peer
    /// that asks for the metadata gets.
    pub fn read(raw: Bytes) -> Result<Info, Error> {
        let value = bencode::decode(&raw, Limits::TORRENT)?;
        let info = value.as_dict().ok_or(Error::Field("info"))?;
        let name = info.get(b"name.utf-8").or(info.get(b"name")).and_then(Value::as_bytes);
        let name = component(name.ok_or(Error::Field("name"))?)?;
        let files = file_list::read(&name, info)?;
        let geometry = read_geometry(info, &files)?;
        let piece_hashes = read_hashes(info, geometry)?;
        let private = info.get(b"private").and_then(Value::as_int) == Some(1);
        let hash = InfoHash::of(&raw);
        Ok(Info { hash, name, geometry, piece_hashes, files, private, raw })
    }

    /// The torrent's name on the wire.
    pub fn hash(&self) -> InfoHash {
        self.hash
    }

    /// The info dictionary's own bytes.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The name of the file, or of the folder that holds all files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Pieces and blocks.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// One hash for each piece, cheap to share.
    pub fn piece_hashes(&self) -> &Arc<[PieceHash]> {
        &self.piece_hashes
    }

    /// All files in the order of the content, padding included. Their lengths sum up to the total length.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The pieces of which bytes lie in a file; none if it has no bytes.
    pub fn pieces_of(&self, file: &File) -> Range<u32> {
        let piece_length = u64::from(self.geometry.piece_length);
        let piece = |offset: u64| (offset / piece_length) as u32;
        match file.length {
            0 => 0..0,
            length => piece(file.offset)..piece(file.offset + length - 1) + 1,
        }
    }

    /// Whether peers may come from the trackers only (BEP 27).
    pub fn private(&self) -> bool {
        self.private
    }
}

fn read_geometry(info: &Dict<'_>, files: &[File]) -> Result<Geometry, Error> {
    let piece_length =
        info.get(b"piece length").and_then(Value::as_int).ok_or(Error::Field("piece length"))?;
    let piece_length = u32::try_from(piece_length).map_err(|_| GeometryError::PieceLength)?;
    let total_length = files.last().map_or(0, |last| last.offset + last.length);
    Ok(Geometry::new(total_length, piece_length)?)
}

fn read_hashes(info: &Dict<'_>, geometry: Geometry) -> Result<Arc<[PieceHash]>, Error> {
    let pieces = match info.get(b"pieces") {
        None if info.get(b"meta version").is_some() => return Err(Error::Version2Only),
        pieces => pieces.and_then(Value::as_bytes).ok_or(Error::Field("pieces"))?,
    };
    let (hashes, rest) = pieces.as_chunks::<20>();
    if !rest.is_empty() || hashes.len() != geometry.piece_count as usize {
        return Err(Error::Pieces { bytes: pieces.len(), pieces: geometry.piece_count });
    }
    Ok(hashes.into())
}
