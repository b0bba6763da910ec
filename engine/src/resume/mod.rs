//! Resume data: what was verified of a torrent, so that it need not be verified again.
//!
//! A client writes it when it stops and when it is complete, never between: what is written to a file afterwards changes
//! the file's time, and with it what was noted is not to be trusted any more. So a client that was killed verifies all
//! that it finds. [`ResumeData::trust`] is the rule: the same torrent, and every file of the same length and the same
//! time of its last change, to the nanosecond. (What is changed within one tick of the file system's clock after it was
//! noted, a few milliseconds, keeps its time.)
//!
//! The bytes are bencoded: `checksum`, the SHA-1 of what follows, and `resume`, a dictionary of
//!
//! | key | what |
//! |---|---|
//! | `bitfield` | the pieces, as BITFIELD says them (BEP 3) |
//! | `files` | for each file of the torrent, and then that with parts of files that are not wanted, its length and the time of its last change, in ns since 1970; an empty list where there is none |
//! | `info` | the info dictionary, of a torrent that was given by a magnet link: it can begin at once |
//! | `info-hash` | of which torrent |
//! | `version` | 1 |

mod file;
mod unusable;

pub use file::{read_resume_file, resume_path, write_resume_file};
pub use unusable::Unusable;

use bytes::Bytes;
use sha1::{Digest, Sha1};

use crate::bencode::{self, Dict, Limits, Tree, Value};
use crate::bitfield::PieceSet;
use crate::metainfo::{FILES_MAX, FileSelection, Info, InfoHash};
use crate::storage::FileStamp;

/// The longest resume data, in bytes: those of a torrent with the largest info dictionary and the most files.
pub const RESUME_BYTES_MAX: usize = 20 << 20;
const VERSION: i64 = 1;
/// A file is a list of two numbers.
const LIMITS: Limits = Limits { bytes_max: RESUME_BYTES_MAX, depth_max: 4, tokens_max: 3 * FILES_MAX + 100 };

/// What is known of a torrent's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeData {
    /// The torrent.
    pub info_hash: InfoHash,
    /// The pieces that were verified, as BITFIELD says them.
    pub bitfield: Bytes,
    /// How each file was found then, as [`stamp_files`](crate::storage::stamp_files) says it.
    pub files: Vec<Option<FileStamp>>,
    /// The info dictionary, if it had to be fetched from peers.
    pub metadata: Option<Bytes>,
}

impl ResumeData {
    /// These pieces of a torrent were verified, in these files.
    pub fn new(info: &Info, held: &PieceSet, files: Vec<Option<FileStamp>>) -> ResumeData {
        ResumeData { info_hash: info.hash(), bitfield: held.to_wire(), files, metadata: None }
    }

    /// The bytes to be kept.
    pub fn encode(&self) -> Vec<u8> {
        let file = |stamp: &Option<FileStamp>| {
            let numbers = stamp.map(|stamp| [Tree::Int(stamp.length as i64), Tree::Int(stamp.changed_ns)]);
            Tree::list(numbers.into_iter().flatten())
        };
        let mut entries = vec![
            ("bitfield", Tree::from(&self.bitfield[..])),
            ("files", Tree::list(self.files.iter().map(file))),
            ("info-hash", Tree::from(&self.info_hash.0[..])),
            ("version", Tree::Int(VERSION)),
        ];
        entries.extend(self.metadata.as_ref().map(|raw| ("info", Tree::from(&raw[..]))));
        let resume = Tree::dict(entries).encode();
        let checksum = Sha1::digest(&resume);
        Tree::dict([("checksum", Tree::from(&checksum[..])), ("resume", Tree::Encoded(&resume))]).encode()
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// It is not what was written, or of another version.
    pub fn decode(bytes: &[u8]) -> Result<ResumeData, Unusable> {
        let value = bencode::decode(bytes, LIMITS).map_err(|_| Unusable::Damaged)?;
        let whole = value.as_dict().ok_or(Unusable::Damaged)?;
        let resume = whole.get(b"resume").ok_or(Unusable::Damaged)?;
        if whole.get(b"checksum").and_then(Value::as_bytes) != Some(&Sha1::digest(resume.raw())[..]) {
            return Err(Unusable::Damaged);
        }
        let resume = resume.as_dict().ok_or(Unusable::Damaged)?;
        match resume.get(b"version").and_then(Value::as_int) {
            Some(VERSION) => ResumeData::of_version_1(resume).ok_or(Unusable::Damaged),
            Some(version) => Err(Unusable::Version(version)),
            None => Err(Unusable::Damaged),
        }
    }

    fn of_version_1(resume: &Dict<'_>) -> Option<ResumeData> {
        let bytes = |key: &[u8]| resume.get(key).and_then(Value::as_bytes);
        let files = resume.get(b"files").and_then(Value::as_list)?;
        Some(ResumeData {
            info_hash: InfoHash(bytes(b"info-hash")?.try_into().ok()?),
            bitfield: Bytes::copy_from_slice(bytes(b"bitfield")?),
            files: files.iter().map(stamp).collect::<Option<_>>()?,
            metadata: bytes(b"info").map(Bytes::copy_from_slice),
        })
    }

    /// The pieces that need not be verified again, if the files are as they were. `now` is how they are found. Where a file is
    /// wanted that was not before, its bytes are not in its place, and its pieces not held.
    ///
    /// # Errors
    /// What is another way than it was: then nothing is to be believed.
    pub fn trust(
        &self,
        info: &Info,
        wanted: &FileSelection,
        now: &[Option<FileStamp>],
    ) -> Result<PieceSet, Unusable> {
        if self.info_hash != info.hash() {
            return Err(Unusable::OtherTorrent);
        }
        let held = PieceSet::from_wire(&self.bitfield, info.geometry().piece_count);
        let (Some(mut held), true) = (held, self.files.len() == info.files().len() + 1) else {
            return Err(Unusable::Damaged);
        };
        let names = info.files().iter().map(|file| file.path.join("/"));
        let names = names.chain(["the parts of files that are not wanted".to_owned()]);
        for ((name, then), now) in names.zip(&self.files).zip(now) {
            match (then, now) {
                (Some(_), None) => return Err(Unusable::Gone(name)),
                (then, now) if then != now => return Err(Unusable::Changed(name)),
                _ => {}
            }
        }
        let has_parts = now.last().is_some_and(Option::is_some);
        for (file, stamp) in info.files().iter().zip(now) {
            let is_in_parts = has_parts && !wanted.wants(file);
            if stamp.is_none() && !file.padding && !is_in_parts {
                for piece in info.pieces_of(file) {
                    held.remove(piece);
                }
            }
        }
        Ok(held)
    }
}

fn stamp(value: &Value<'_>) -> Option<Option<FileStamp>> {
    match value.as_list()? {
        [] => Some(None),
        [length, changed] => {
            let length = u64::try_from(length.as_int()?).ok()?;
            Some(Some(FileStamp { length, changed_ns: changed.as_int()? }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
