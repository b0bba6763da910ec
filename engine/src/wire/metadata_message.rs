//! The messages of the metadata exchange (BEP 9): the info dictionary in pieces of 16 KiB.

use bytes::{Bytes, BytesMut};

use crate::bencode::{self, Limits, Tree, Value};

/// Bytes of a piece of the metadata; the last one may be short (BEP 9).
pub const METADATA_PIECE_BYTES: u32 = 16 * 1024;
/// The largest info dictionary: as much as a torrent file may have ([`Limits::TORRENT`]). libtorrent's
/// `max_metadata_size` is 30 MiB, far above what is seen.
pub const METADATA_BYTES_MAX: u32 = Limits::TORRENT.bytes_max as u32;

const REQUEST: i64 = 0;
const DATA: i64 = 1;
const REJECT: i64 = 2;

/// One message of `ut_metadata`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataMessage {
    /// Asks for a piece of the metadata.
    Request {
        /// Its index.
        piece: u32,
    },
    /// A piece.
    Data {
        /// Its index.
        piece: u32,
        /// Bytes of the whole metadata, if the sender says so.
        total_size: Option<u32>,
        /// The piece's bytes.
        data: Bytes,
    },
    /// The piece is not to be had here.
    Reject {
        /// Its index.
        piece: u32,
    },
    /// A type that nobody here knows: to be ignored (BEP 9).
    Unknown,
}

/// Bytes that are no message of `ut_metadata`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a malformed message of the metadata exchange")]
pub struct BadMetadataMessage;

impl MetadataMessage {
    /// The payload of the message. One that is unknown is not to be written.
    pub fn encode(&self) -> Bytes {
        let (kind, piece, total_size, data) = match self {
            MetadataMessage::Request { piece } => (REQUEST, *piece, None, &[][..]),
            MetadataMessage::Data { piece, total_size, data } => (DATA, *piece, *total_size, &data[..]),
            MetadataMessage::Reject { piece } => (REJECT, *piece, None, &[][..]),
            MetadataMessage::Unknown => unreachable!("nobody writes what nobody knows"),
        };
        let mut entries = vec![("msg_type", Tree::Int(kind)), ("piece", Tree::Int(piece.into()))];
        entries.extend(total_size.map(|bytes| ("total_size", Tree::Int(bytes.into()))));
        let mut payload = BytesMut::from(&Tree::dict(entries).encode()[..]);
        payload.extend_from_slice(data);
        payload.freeze()
    }

    /// Reads the payload of the message.
    ///
    /// # Errors
    /// It is no dictionary with a type and a piece, or carries more than a piece.
    pub fn decode(payload: &Bytes) -> Result<MetadataMessage, BadMetadataMessage> {
        let (value, rest) =
            bencode::decode_prefix(payload, Limits::MESSAGE).map_err(|_| BadMetadataMessage)?;
        let said = value.as_dict().ok_or(BadMetadataMessage)?;
        let number = |key: &[u8]| said.get(key).and_then(Value::as_int);
        let index = || number(b"piece").and_then(|piece| u32::try_from(piece).ok()).ok_or(BadMetadataMessage);
        Ok(match number(b"msg_type").ok_or(BadMetadataMessage)? {
            REQUEST => MetadataMessage::Request { piece: index()? },
            DATA if rest.is_empty() || rest.len() > METADATA_PIECE_BYTES as usize => {
                return Err(BadMetadataMessage);
            }
            DATA => MetadataMessage::Data {
                piece: index()?,
                total_size: number(b"total_size").and_then(|bytes| u32::try_from(bytes).ok()),
                data: payload.slice(payload.len() - rest.len()..),
            },
            REJECT => MetadataMessage::Reject { piece: index()? },
            _ => MetadataMessage::Unknown,
        })
    }
}

/// How many pieces metadata of this size have.
pub fn metadata_pieces(size: u32) -> u32 {
    size.div_ceil(METADATA_PIECE_BYTES)
}

/// Where in metadata of this size the piece is; `None` if there is none of this index.
pub fn metadata_piece(size: u32, piece: u32) -> Option<std::ops::Range<usize>> {
    let begin = piece.checked_mul(METADATA_PIECE_BYTES).filter(|begin| *begin < size)?;
    Some(begin as usize..size.min(begin.saturating_add(METADATA_PIECE_BYTES)) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anything() -> impl Strategy<Value = MetadataMessage> {
        let data = proptest::collection::vec(any::<u8>(), 1..100);
        prop_oneof![
            any::<u32>().prop_map(|piece| MetadataMessage::Request { piece }),
            any::<u32>().prop_map(|piece| MetadataMessage::Reject { piece }),
            (any::<u32>(), any::<Option<u32>>(), data).prop_map(|(piece, total_size, data)| {
                MetadataMessage::Data { piece, total_size, data: data.into() }
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_said_is_read(said in anything()) {
            prop_assert_eq!(MetadataMessage::decode(&said.encode()), Ok(said));
        }

        #[test]
        fn pieces_tile_the_metadata(size in 1..=METADATA_BYTES_MAX) {
            let mut end = 0;
            for piece in 0..metadata_pieces(size) {
                let range = metadata_piece(size, piece).unwrap();
                prop_assert_eq!(range.start, end);
                prop_assert!((1..=METADATA_PIECE_BYTES as usize).contains(&range.len()));
                end = range.end;
            }
            prop_assert_eq!(end, size as usize);
            prop_assert_eq!(metadata_piece(size, metadata_pieces(size)), None);
            prop_assert_eq!(metadata_piece(size, u32::MAX), None);
        }
    }

    #[test]
    fn the_bytes_are_those_of_bep_9() {
        let written = |message: MetadataMessage| message.encode();
        assert_eq!(written(MetadataMessage::Request { piece: 0 }), "d8:msg_typei0e5:piecei0ee");
        assert_eq!(written(MetadataMessage::Reject { piece: 0 }), "d8:msg_typei2e5:piecei0ee");
        let data = MetadataMessage::Data { piece: 0, total_size: Some(34_256), data: "xxxxxxxx".into() };
        assert_eq!(written(data), "d8:msg_typei1e5:piecei0e10:total_sizei34256eexxxxxxxx");
    }

    #[test]
    fn malformed_messages_are_refused() {
        let long = [&b"d8:msg_typei1e5:piecei0ee"[..], &[0; METADATA_PIECE_BYTES as usize + 1]].concat();
        let cases: [&[u8]; 9] = [
            b"",
            b"i0e",
            b"le",
            b"de",
            b"d8:msg_typei0ee",
            b"d8:msg_typei0e5:piecei-1ee",
            b"d8:msg_typei0e5:piecei4294967296ee",
            b"d8:msg_typei1e5:piecei0ee",
            &long,
        ];
        for bytes in cases {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]);
            let read = MetadataMessage::decode(&Bytes::copy_from_slice(bytes));
            assert_eq!(read, Err(BadMetadataMessage), "{text}");
        }
        let other = Bytes::from_static(b"d8:msg_typei7e5:piecei0ee");
        assert_eq!(MetadataMessage::decode(&other), Ok(MetadataMessage::Unknown));
    }
}
