//! Metadata of one size, as far as they have come.

use bytes::{Bytes, BytesMut};

use crate::time::Time;
use crate::wire::metadata_message::metadata_pieces;

/// What those who say one size have sent.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub size: u32,
    /// Each piece that has come, and from whom.
    pieces: Vec<Option<(Bytes, u32)>>,
    /// The hash of all was wrong, and several had sent it: from now on one at a time.
    pub is_doubted: bool,
    /// The one who is asked, if it is doubted.
    pub sole: Option<u32>,
    /// When it was its turn.
    pub since: Option<Time>,
}

impl Case {
    pub fn new(size: u32) -> Case {
        Case {
            size,
            pieces: vec![None; metadata_pieces(size) as usize],
            is_doubted: false,
            sole: None,
            since: None,
        }
    }

    /// The pieces that have not come, in order.
    pub fn missing(&self) -> impl Iterator<Item = u32> + '_ {
        let here = |piece: &u32| self.pieces[*piece as usize].is_none();
        (0..self.pieces.len() as u32).filter(here)
    }

    /// The case is doubted, and nobody is asked yet.
    pub fn wants_sole(&self) -> bool {
        self.is_doubted && self.sole.is_none()
    }

    /// A piece has come.
    pub fn keep(&mut self, piece: u32, from: u32, data: &Bytes) {
        if let Some(place) = self.pieces.get_mut(piece as usize).filter(|place| place.is_none()) {
            // A copy: the piece is a slice of what was read from a socket, and would keep all of that.
            *place = Some((Bytes::copy_from_slice(data), from));
        }
    }

    /// All of it and who has sent it, once no piece is missing.
    pub fn whole(&self) -> Option<(Bytes, Vec<u32>)> {
        let mut bytes = BytesMut::with_capacity(self.size as usize);
        let mut senders = Vec::new();
        for piece in &self.pieces {
            let (data, from) = piece.as_ref()?;
            bytes.extend_from_slice(data);
            if !senders.contains(from) {
                senders.push(*from);
            }
        }
        Some((bytes.freeze(), senders))
    }

    /// It begins anew.
    pub fn forget(&mut self) {
        self.pieces.fill(None);
        self.sole = None;
    }

    /// Bytes that have come.
    pub fn bytes(&self) -> usize {
        self.pieces.iter().flatten().map(|(data, _)| data.len()).sum()
    }
}
