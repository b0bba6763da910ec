//! What a peer says of pieces before the sizes of the torrent are known, kept until they are: the metadata are still
//! being fetched (BEP 9), and a peer says what it has once, right at the beginning.

use bytes::Bytes;

use crate::metainfo::PIECES_MAX;
use crate::peer::allowed_fast::GRANTS_KEPT_MAX;
use crate::wire::Message;

/// Words that can't be judged yet. Each kind has its bound: bitfields that of a message, HAVEs a bit for each piece that
/// a torrent can have.
#[derive(Clone, Debug, Default)]
pub struct EarlyWords {
    announcement: Option<Message>,
    /// aria2 sends another BITFIELD where several HAVEs would be longer; the latest says all of them.
    later_bitfield: Option<Bytes>,
    /// A bit for each HAVE.
    haves: Vec<u64>,
    grants: Vec<u32>,
    suggestions: Vec<u32>,
    /// Something was said that ends the time for the announcement.
    has_begun: bool,
}

/// No torrent has so many pieces, or the announcement comes too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// A piece that no torrent has.
    Piece,
    /// HAVE_ALL or HAVE_NONE that is not the first message.
    Announcement,
}

impl EarlyWords {
    /// Keeps a message about pieces. Others end the time for the announcement, and are not kept.
    ///
    /// # Errors
    /// What is wrong with it in any torrent.
    pub fn keep(&mut self, message: Message) -> Result<(), Misplaced> {
        match message {
            Message::Bitfield(bits) if self.has_begun => self.later_bitfield = Some(bits),
            Message::HaveAll | Message::HaveNone if self.has_begun => return Err(Misplaced::Announcement),
            Message::Bitfield(_) | Message::HaveAll | Message::HaveNone => {
                self.announcement = Some(message);
            }
            Message::Have(piece) => self.keep_have(piece)?,
            Message::AllowedFast(piece) => keep_few(&mut self.grants, piece),
            Message::SuggestPiece(piece) => keep_few(&mut self.suggestions, piece),
            _ => {}
        }
        self.has_begun = true;
        Ok(())
    }

    fn keep_have(&mut self, piece: u32) -> Result<(), Misplaced> {
        if piece >= PIECES_MAX {
            return Err(Misplaced::Piece);
        }
        let word = piece as usize / 64;
        if self.haves.len() <= word {
            self.haves.resize(word + 1, 0);
        }
        self.haves[word] |= 1 << (piece % 64);
        Ok(())
    }

    /// Everything again, to be judged now: the announcement first, then what came to it.
    pub fn replay(self) -> impl Iterator<Item = Message> {
        let bits =
            |(word, at): (u64, u32)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at + bit);
        let haves = self.haves.into_iter().zip((0..).step_by(64)).flat_map(bits);
        let announcement = self.announcement.into_iter();
        announcement
            .chain(self.later_bitfield.map(Message::Bitfield))
            .chain(haves.map(Message::Have))
            .chain(self.grants.into_iter().map(Message::AllowedFast))
            .chain(self.suggestions.into_iter().map(Message::SuggestPiece))
    }
}

fn keep_few(pieces: &mut Vec<u32>, piece: u32) {
    if pieces.len() < GRANTS_KEPT_MAX && !pieces.contains(&piece) {
        pieces.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replayed(words: EarlyWords) -> Vec<String> {
        words.replay().map(|message| format!("{message:?}")).collect()
    }

    #[test]
    fn what_was_said_is_said_again() {
        let mut words = EarlyWords::default();
        let first = Bytes::from_static(b"\x80");
        let later = Bytes::from_static(b"\xc0");
        for message in [
            Message::Bitfield(first.clone()),
            Message::Have(65),
            Message::Have(2),
            Message::Have(2),
            Message::SuggestPiece(4),
            Message::AllowedFast(3),
            Message::Bitfield(later.clone()),
            Message::Unchoke,
        ] {
            assert_eq!(words.keep(message), Ok(()));
        }
        let expected = [
            Message::Bitfield(first),
            Message::Bitfield(later),
            Message::Have(2),
            Message::Have(65),
            Message::AllowedFast(3),
            Message::SuggestPiece(4),
        ];
        assert_eq!(replayed(words), expected.map(|message| format!("{message:?}")));
    }

    #[test]
    fn what_no_torrent_allows_is_refused_at_once() {
        let mut words = EarlyWords::default();
        assert_eq!(words.keep(Message::HaveNone), Ok(()));
        assert_eq!(words.keep(Message::HaveAll), Err(Misplaced::Announcement));
        assert_eq!(words.keep(Message::Have(PIECES_MAX)), Err(Misplaced::Piece));
        assert_eq!(words.keep(Message::Have(PIECES_MAX - 1)), Ok(()));
        let grants = (0..1_000).map(Message::AllowedFast);
        grants.for_each(|grant| assert_eq!(words.keep(grant), Ok(())));
        assert_eq!(replayed(words).len(), 2 + GRANTS_KEPT_MAX);
    }
}
