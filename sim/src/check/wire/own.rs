//! What one client is, holds and has done, as far as it follows from what it was given.

use std::collections::BTreeSet;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::Geometry;
use swarmlab_engine::session::{StartWith, TorrentConfig};
use swarmlab_engine::storage::{Content, DiskDone, DiskJob, Outcome, Work};
use swarmlab_engine::time::Time;

use super::extensions::Acquaintances;
use super::message::{BLOCK_BYTES, Block};
use super::verdict::{Verdict, breach};

/// One client of a peer, from its coming until it is gone.
pub struct Own {
    /// The peer's number.
    pub number: u32,
    pub config: TorrentConfig,
    pub geometry: Geometry,
    /// It tells each peer of some of what it has (BEP 16).
    pub is_super_seed: bool,
    /// It may do so: that depends on what it finds on its disk.
    pub may_super_seed: bool,
    /// The torrent and the peer id that its first handshake named.
    pub identity: Option<([u8; 20], [u8; 20])>,
    /// What the disk has said to match its hash, or what it is known to hold from the start.
    pub verified: PieceSet,
    /// When each of them came to be so, in that order.
    pub verified_at: Vec<Time>,
    /// Payload sent, bytes.
    pub uploaded: u64,
    /// Payload received, bytes.
    pub downloaded: u64,
    /// Steps so far: from one thing that the client is given to the end of all that it does about it.
    pub step: u32,
    /// Peers of whom it has said that they are banned.
    pub banned: BTreeSet<u32>,
    /// It has the torrent's file, or the metadata have come.
    pub knows_torrent: bool,
    /// Whom it is connected with.
    pub acquaintances: Acquaintances,
    /// Its disk has failed to give a block.
    pub has_failed_to_read: bool,
    /// A connection has turned out to be with itself.
    pub has_met_itself: bool,
    /// Blocks that were handed to the disk and have not turned out bad.
    blocks: Vec<u64>,
    /// Those of this step.
    blocks_of_step: Vec<u32>,
    /// Blocks that came in this step from somebody who was asked for them.
    useful: Vec<(u32, u32)>,
    /// What the disk is asked for, by the number of the job.
    jobs: Vec<Option<Job>>,
    /// Blocks that the disk has given back other than they are.
    spoilt: BTreeSet<(u32, u32)>,
}

#[derive(Clone, Copy)]
struct Job {
    piece: u32,
    begin: u32,
}

impl Own {
    /// A client that has just come.
    pub fn new(
        number: u32,
        geometry: Geometry,
        start: &StartWith,
        config: &TorrentConfig,
        knows_torrent: bool,
    ) -> Own {
        let pieces = geometry.piece_count;
        let verified = start.known(pieces);
        let verified_at = vec![Time::ZERO; verified.len() as usize];
        let blocks = pieces as usize * blocks_per_piece(&geometry) as usize;
        Own {
            number,
            config: config.clone(),
            is_super_seed: config.super_seeding && *start == StartWith::Everything,
            may_super_seed: config.super_seeding && *start != StartWith::Nothing,
            geometry,
            identity: None,
            verified,
            verified_at,
            uploaded: 0,
            downloaded: 0,
            step: 0,
            banned: BTreeSet::new(),
            knows_torrent,
            acquaintances: Acquaintances::default(),
            has_failed_to_read: false,
            has_met_itself: false,
            blocks: vec![0; blocks.div_ceil(64)],
            blocks_of_step: Vec::new(),
            useful: Vec::new(),
            jobs: Vec::new(),
            spoilt: BTreeSet::new(),
        }
    }

    /// Bytes of what is not verified; a block as long as nobody knows, as libtorrent says it.
    pub fn left(&self) -> u64 {
        if !self.knows_torrent {
            return BLOCK_BYTES.into();
        }
        let Geometry { total_length, piece_length, piece_count, .. } = self.geometry;
        let verified = u64::from(self.verified.len()) * u64::from(piece_length);
        let last = piece_count - 1;
        let short = u64::from(piece_count) * u64::from(piece_length) - total_length;
        total_length - (verified - if self.verified.contains(last) { short } else { 0 })
    }

    /// It is connected with this peer, or was since then.
    pub fn has_met_lately(&self, peer: u32, since: Time) -> bool {
        self.acquaintances.includes(peer, since)
    }

    /// The length that this piece has.
    pub fn piece_bytes(&self, piece: u32) -> u64 {
        let Geometry { total_length, piece_length, .. } = self.geometry;
        u64::from(piece_length).min(total_length - u64::from(piece) * u64::from(piece_length))
    }

    /// There is such a piece.
    pub fn exists(&self, piece: u32) -> bool {
        piece < self.geometry.piece_count
    }

    /// It held the block before this step began.
    pub fn held_before(&self, block: &Block) -> bool {
        let at = self.place(block.piece, block.begin);
        match self.blocks[at / 64] >> (at % 64) & 1 == 1 {
            true => !self.blocks_of_step.contains(&(at as u32)),
            false => self.verified.contains(block.piece),
        }
    }

    /// A block has come, and the sender was asked for it, or may have been.
    pub fn came(&mut self, block: &Block) {
        self.useful.push((block.piece, block.begin));
    }

    /// The disk has given these bytes in the place of others.
    pub fn is_spoilt(&self, block: &Block) -> bool {
        self.spoilt.contains(&(block.piece, block.begin))
    }

    /// It asks its disk for something.
    pub fn asks_disk(&mut self, job: &DiskJob) -> Verdict {
        let (piece, begin) = match job.work {
            Work::Read { piece, begin, .. } | Work::Write { piece, begin, .. } => (piece, begin),
            Work::Verify { piece } => (piece, 0),
        };
        let at = job.id.0 as usize;
        if self.jobs.len() <= at {
            self.jobs.resize(at + 1, None);
        }
        self.jobs[at] = Some(Job { piece, begin });
        if !matches!(job.work, Work::Write { .. }) {
            return Ok(());
        }
        let place = self.place(piece, begin);
        self.blocks[place / 64] |= 1 << (place % 64);
        self.blocks_of_step.push(place as u32);
        match self.useful.iter().position(|useful| *useful == (piece, begin)) {
            Some(found) => {
                self.useful.swap_remove(found);
                Ok(())
            }
            None => breach("S9", || format!("it keeps piece {piece}, byte {begin}, which nobody owed it")),
        }
    }

    /// Its disk has answered. True if a piece has just been verified.
    pub fn disk_answers(&mut self, now: Time, done: &DiskDone, content: &Content) -> Option<u32> {
        let job = self.jobs.get_mut(done.id.0 as usize)?.take()?;
        match &done.outcome {
            Outcome::Read(Ok(data)) => {
                let length = data.len() as u32;
                let block = Block { piece: job.piece, begin: job.begin, length };
                if !is_content(content, &block, std::slice::from_ref(data)) {
                    self.spoilt.insert((job.piece, job.begin));
                }
            }
            Outcome::Read(Err(_)) => self.has_failed_to_read = true,
            Outcome::Written(Err(_)) => self.lose(job.piece, job.begin),
            Outcome::Verified(Ok(true)) if self.verified.insert(job.piece) => {
                self.verified_at.push(now);
                return Some(job.piece);
            }
            Outcome::Verified(Ok(false)) => {
                let bytes = self.piece_bytes(job.piece) as u32;
                (0..bytes).step_by(BLOCK_BYTES as usize).for_each(|begin| self.lose(job.piece, begin));
            }
            _ => {}
        }
        None
    }

    /// Everything that followed from what it was given is done.
    pub fn end_step(&mut self) {
        self.step += 1;
        self.blocks_of_step.clear();
        self.useful.clear();
    }

    fn lose(&mut self, piece: u32, begin: u32) {
        let at = self.place(piece, begin);
        self.blocks[at / 64] &= !(1 << (at % 64));
    }

    fn place(&self, piece: u32, begin: u32) -> usize {
        let in_piece = (begin / BLOCK_BYTES).min(blocks_per_piece(&self.geometry) - 1);
        (piece.min(self.geometry.piece_count - 1) * blocks_per_piece(&self.geometry) + in_piece) as usize
    }
}

fn blocks_per_piece(geometry: &Geometry) -> u32 {
    geometry.piece_length.div_ceil(BLOCK_BYTES)
}

/// Whether the fragments are what the content has there. Compares addresses first: in most runs they are the same memory.
pub fn is_content(content: &Content, block: &Block, fragments: &[bytes::Bytes]) -> bool {
    let expected = content.range(block.piece, block.begin, block.length);
    match (expected.fragments(), fragments) {
        ([expected], [given]) if expected.len() == given.len() && expected.as_ptr() == given.as_ptr() => true,
        (expected, given) => expected.iter().flatten().eq(given.iter().flatten()),
    }
}
