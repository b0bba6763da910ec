//! All pieces of a torrent: held, in progress, or candidates.

mod recount;

use crate::bitfield::PieceSet;
use crate::metainfo::Geometry;
use crate::random::Rng;

use super::{Availability, PartialPiece};

/// Every piece is exactly one of: held, in progress, a candidate to be begun, or not wanted.
#[derive(Clone, Debug)]
pub struct PieceMap {
    geometry: Geometry,
    held: PieceSet,
    /// Held, or not wanted: nothing is to be done about them.
    settled: PieceSet,
    candidates: PieceSet,
    partials: Vec<PartialPiece>,
    /// The pieces of `partials`, in the same order: one is looked for with every block, and so few bytes are soon searched.
    in_progress: Vec<u32>,
    availability: Availability,
    /// Pieces found or verified, in the order in which they were: what connections still have to say HAVE of is a suffix of it.
    verified: Vec<u32>,
    /// Bytes of those that were found.
    bytes_found: u64,
}

impl PieceMap {
    /// A torrent of which nothing is held.
    pub fn new(geometry: Geometry, rng: &mut Rng) -> PieceMap {
        let mut availability = Availability::new(geometry.piece_count);
        (0..geometry.piece_count).for_each(|piece| availability.add_candidate(piece, rng));
        PieceMap {
            geometry,
            held: PieceSet::empty(geometry.piece_count),
            settled: PieceSet::empty(geometry.piece_count),
            candidates: PieceSet::full(geometry.piece_count),
            partials: Vec::new(),
            in_progress: Vec::new(),
            availability,
            verified: Vec::new(),
            bytes_found: 0,
        }
    }

    /// A torrent of which these pieces are held.
    pub fn holding(geometry: Geometry, held: &PieceSet, rng: &mut Rng) -> PieceMap {
        let mut pieces = PieceMap::new(geometry, rng);
        for piece in held.iter() {
            pieces.settle(piece);
            pieces.held.insert(piece);
        }
        pieces
    }

    /// Only these pieces are to be fetched, before anything is.
    pub fn want(&mut self, wanted: &PieceSet) {
        debug_assert!(self.partials.is_empty());
        let unwanted: Vec<u32> = self.candidates.iter_without(wanted).collect();
        unwanted.into_iter().for_each(|piece| self.settle(piece));
    }

    /// A candidate is none any more.
    fn settle(&mut self, piece: u32) {
        self.candidates.remove(piece);
        self.availability.remove_candidate(piece);
        self.settled.insert(piece);
    }

    /// A torrent that is held whole.
    pub fn complete(geometry: Geometry) -> PieceMap {
        PieceMap {
            geometry,
            held: PieceSet::full(geometry.piece_count),
            settled: PieceSet::full(geometry.piece_count),
            candidates: PieceSet::empty(geometry.piece_count),
            partials: Vec::new(),
            in_progress: Vec::new(),
            availability: Availability::new(geometry.piece_count),
            verified: Vec::new(),
            bytes_found: 0,
        }
    }

    /// Sizes of pieces and blocks.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// Verified pieces.
    pub fn held(&self) -> &PieceSet {
        &self.held
    }

    /// Verified pieces, and those that are not wanted.
    pub fn settled(&self) -> &PieceSet {
        &self.settled
    }

    /// Every piece that is wanted is held. Not true of a torrent whose pieces nobody knows yet.
    pub fn is_complete(&self) -> bool {
        self.settled.is_full()
    }

    /// Wanted and missing pieces of which nothing was asked for.
    pub fn candidates(&self) -> &PieceSet {
        &self.candidates
    }

    /// Pieces in progress, in no particular order.
    pub fn partials(&self) -> &[PartialPiece] {
        &self.partials
    }

    /// Who has what.
    pub fn availability(&self) -> &Availability {
        &self.availability
    }

    /// To tell of peers that come and go, and of what they have.
    pub fn availability_mut(&mut self) -> &mut Availability {
        &mut self.availability
    }

    /// The pieces found or verified during this run, in that order.
    pub fn verified(&self) -> &[u32] {
        &self.verified
    }

    /// The piece in progress with this index.
    pub fn partial(&self, piece: u32) -> Option<&PartialPiece> {
        self.slot(piece).map(|slot| &self.partials[slot])
    }

    /// The block has come, and is kept.
    pub fn is_here(&self, piece: u32, block: u32) -> bool {
        let came = |partial: &PartialPiece| partial.blocks()[block as usize].is_here();
        self.held.contains(piece) || self.partial(piece).is_some_and(came)
    }

    /// Every missing block was asked for already.
    pub fn is_endgame(&self) -> bool {
        self.candidates.is_empty() && self.partials.iter().all(|partial| partial.free() == 0)
    }

    /// Somebody is asked for this block.
    pub fn request(&mut self, piece: u32, block: u32) {
        let slot = self.slot(piece).unwrap_or_else(|| self.begin(piece));
        self.partials[slot].request(block);
    }

    /// A piece in progress is this contributor's alone from now on.
    pub fn reserve(&mut self, piece: u32, contributor: u32) {
        if let Some(slot) = self.slot(piece) {
            self.partials[slot].reserve(Some(contributor));
        }
    }

    /// What was this contributor's alone is anybody's again.
    pub fn unreserve(&mut self, contributor: u32) {
        let reserved = |partial: &&mut PartialPiece| partial.is_reserved_for(contributor);
        self.partials.iter_mut().filter(reserved).for_each(|partial| partial.reserve(None));
    }

    /// Somebody who was asked for this block won't send it.
    pub fn release(&mut self, piece: u32, block: u32, rng: &mut Rng) {
        let Some(slot) = self.slot(piece) else { return };
        self.partials[slot].release(block);
        if self.partials[slot].is_untouched() {
            self.return_to_candidates(slot, rng);
        }
    }

    /// A block came from a contributor who was asked for it. Answers how many others were asked as well; they have to
    /// be told, and count as asked no more. `None` if the block was here before.
    pub fn arrive(&mut self, piece: u32, block: u32, contributor: u32) -> Option<u8> {
        let slot = self.slot(piece)?;
        self.partials[slot].arrive(block, contributor)
    }

    /// The disk has a block; answers whether its piece is whole now.
    pub fn wrote(&mut self, piece: u32, block: u32) -> bool {
        let Some(slot) = self.slot(piece) else { return false };
        self.partials[slot].wrote(block);
        self.partials[slot].is_whole()
    }

    /// The disk did not take a block: it is to be fetched again.
    pub fn lost(&mut self, piece: u32, block: u32, rng: &mut Rng) {
        let Some(slot) = self.slot(piece) else { return };
        self.partials[slot].lost(block);
        if self.partials[slot].is_untouched() {
            self.return_to_candidates(slot, rng);
        }
    }

    /// A whole piece was verified; answers who sent it.
    pub fn accept(&mut self, piece: u32) -> Vec<u32> {
        let Some(slot) = self.slot(piece) else { return Vec::new() };
        let contributors = self.end(slot).contributors();
        self.held.insert(piece);
        self.settled.insert(piece);
        self.verified.push(piece);
        contributors
    }

    /// A whole piece was not what its hash says: all of it is to be fetched again. Answers who sent it.
    pub fn refuse(&mut self, piece: u32, rng: &mut Rng) -> Vec<u32> {
        let Some(slot) = self.slot(piece) else { return Vec::new() };
        let contributors = self.partials[slot].contributors();
        self.return_to_candidates(slot, rng);
        contributors
    }

    /// A candidate, or a piece that is not wanted, was found to be on the disk already, by a check before the download.
    pub fn found(&mut self, piece: u32) {
        if self.candidates.contains(piece) {
            self.settle(piece);
        }
        if self.settled.contains(piece) && self.held.insert(piece) {
            self.verified.push(piece);
            self.bytes_found += u64::from(self.geometry.piece_size(piece));
        }
    }

    fn slot(&self, piece: u32) -> Option<usize> {
        self.in_progress.iter().position(|begun| *begun == piece)
    }

    fn begin(&mut self, piece: u32) -> usize {
        debug_assert!(self.candidates.contains(piece), "piece {piece} is held");
        self.candidates.remove(piece);
        self.availability.remove_candidate(piece);
        self.in_progress.push(piece);
        self.partials.push(PartialPiece::new(piece, self.geometry.blocks_in(piece)));
        self.partials.len() - 1
    }

    fn end(&mut self, slot: usize) -> PartialPiece {
        self.in_progress.swap_remove(slot);
        self.partials.swap_remove(slot)
    }

    fn return_to_candidates(&mut self, slot: usize, rng: &mut Rng) {
        let piece = self.end(slot).piece;
        self.candidates.insert(piece);
        self.availability.add_candidate(piece, rng);
    }
}
