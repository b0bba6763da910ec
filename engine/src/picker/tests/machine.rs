//! A torrent's pieces through any course of events, against plain sets: who has what, who was asked for what, what came.
//! After each step all that the piece map answers is recounted, and each pick is held against its picker's promise.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use proptest::sample::Index;
use rand::SeedableRng;

use crate::bitfield::PieceSet;
use crate::metainfo::{BLOCK_BYTES, Geometry};
use crate::picker::{NAMES, PickView, SwarmCopies, make};
use crate::pieces::{BlockState, PieceMap};
use crate::playback::Playhead;
use crate::random::{Rng, below};

const PIECES: u32 = 12;

/// Three blocks a piece, the last of them short; the last piece has one.
fn geometry() -> Geometry {
    let piece_length = 2 * BLOCK_BYTES + 1_000;
    Geometry::new(u64::from((PIECES - 1) * piece_length + 5_000), piece_length).unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    /// A peer comes with the pieces whose bits are set.
    Join(u32),
    Leave(Index),
    Have {
        peer: Index,
        piece: u32,
    },
    /// A peer is asked for one block more; `alone` if it is on parole.
    Ask {
        peer: Index,
        picker: &'static str,
        alone: bool,
        /// It has sent a lot.
        fast: bool,
        /// Somebody watches.
        playhead: Option<Playhead>,
    },
    /// A block comes from one that was asked for it.
    Arrive(Index),
    /// One that was asked for a block won't send it.
    Decline(Index),
    /// A peer is not on parole any more.
    Unreserve(Index),
    /// The disk took a block, or had no room.
    Disk {
        block: Index,
        took: bool,
    },
    /// A whole piece is what its hash says, or not.
    Verify {
        piece: Index,
        good: bool,
    },
    /// A check finds a piece on the disk.
    Found(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let everything = (1 << PIECES) - 1;
    let pieces = prop_oneof![1 => Just(everything), 3 => 0..=everything];
    let playhead = (0..PIECES, 1..5u32).prop_map(|(piece, window)| Playhead { piece, window });
    let ask = (
        any::<Index>(),
        prop::sample::select(NAMES),
        prop::bool::weighted(0.2),
        any::<bool>(),
        prop::option::of(playhead),
    );
    let step = prop_oneof![
        2 => pieces.prop_map(Step::Join),
        1 => any::<Index>().prop_map(Step::Leave),
        3 => (any::<Index>(), 0..PIECES).prop_map(|(peer, piece)| Step::Have { peer, piece }),
        14 => ask.prop_map(|(peer, picker, alone, fast, playhead)| {
            Step::Ask { peer, picker, alone, fast, playhead }
        }),
        9 => any::<Index>().prop_map(Step::Arrive),
        3 => any::<Index>().prop_map(Step::Decline),
        1 => any::<Index>().prop_map(Step::Unreserve),
        9 => (any::<Index>(), prop::bool::weighted(0.9)).prop_map(|(block, took)| Step::Disk { block, took }),
        3 => (any::<Index>(), prop::bool::weighted(0.7)).prop_map(|(piece, good)| Step::Verify { piece, good }),
        1 => (0..PIECES).prop_map(Step::Found),
    ];
    prop::collection::vec(step, 0..200)
}

/// Contributors are the peers' numbers, in order of arrival.
#[derive(Clone, Debug, Default, PartialEq)]
enum Block {
    #[default]
    Free,
    Asked(BTreeSet<u32>),
    Writing(u32),
    Written(u32),
}

struct Peer {
    contributor: u32,
    have: BTreeSet<u32>,
    counted_as_full: bool,
    last: Option<u32>,
}

/// The swarm as one would write it down.
struct Model {
    blocks: BTreeMap<(u32, u32), Block>,
    held: BTreeSet<u32>,
    verified: Vec<u32>,
    reserved: BTreeMap<u32, u32>,
    peers: Vec<Peer>,
    joined: u32,
}

impl Model {
    fn new() -> Model {
        let all =
            (0..PIECES).flat_map(|piece| (0..geometry().blocks_in(piece)).map(move |block| (piece, block)));
        Model {
            blocks: all.map(|name| (name, Block::Free)).collect(),
            held: BTreeSet::new(),
            verified: Vec::new(),
            reserved: BTreeMap::new(),
            peers: Vec::new(),
            joined: 0,
        }
    }

    fn piece(&self, piece: u32) -> impl Iterator<Item = &Block> {
        self.blocks.range((piece, 0)..(piece + 1, 0)).map(|(_, block)| block)
    }

    fn free(&self, piece: u32) -> usize {
        self.piece(piece).filter(|block| **block == Block::Free).count()
    }

    fn is_candidate(&self, piece: u32) -> bool {
        !self.held.contains(&piece) && self.piece(piece).all(|block| *block == Block::Free)
    }

    fn in_progress(&self) -> Vec<u32> {
        (0..PIECES).filter(|piece| !self.held.contains(piece) && !self.is_candidate(*piece)).collect()
    }

    fn is_whole(&self, piece: u32) -> bool {
        !self.held.contains(&piece) && self.piece(piece).all(|block| matches!(block, Block::Written(_)))
    }

    fn contributors(&self, piece: u32) -> Vec<u32> {
        let who = |block: &Block| match block {
            Block::Writing(who) | Block::Written(who) => Some(*who),
            Block::Free | Block::Asked(_) => None,
        };
        self.piece(piece).filter_map(who).collect::<BTreeSet<u32>>().into_iter().collect()
    }

    fn availability(&self, piece: u32) -> u32 {
        self.peers.iter().filter(|peer| peer.have.contains(&piece)).count() as u32
    }

    fn is_open(&self, piece: u32, contributor: u32) -> bool {
        self.reserved.get(&piece).is_none_or(|owner| *owner == contributor)
    }

    fn is_endgame(&self) -> bool {
        (0..PIECES).filter(|piece| !self.held.contains(piece)).all(|piece| self.free(piece) == 0)
    }

    /// (piece, block, contributor) of every request in flight.
    fn outstanding(&self) -> Vec<(u32, u32, u32)> {
        let asked = |(name, block): (&(u32, u32), &Block)| match block {
            Block::Asked(who) => who.iter().map(|who| (name.0, name.1, *who)).collect(),
            _ => Vec::new(),
        };
        self.blocks.iter().flat_map(asked).collect()
    }

    fn set(&mut self, piece: u32, block: u32, state: Block) {
        self.blocks.insert((piece, block), state);
        if self.is_candidate(piece) {
            self.reserved.remove(&piece);
        }
    }

    /// What a picker may answer: any of these, and nothing only if there are none.
    fn acceptable(
        &self,
        picker: &str,
        peer: &Peer,
        fast: bool,
        playhead: Option<Playhead>,
        suggested: &VecDeque<u32>,
    ) -> BTreeSet<u32> {
        let open: BTreeSet<u32> = (self.in_progress().into_iter())
            .filter(|piece| {
                self.free(*piece) > 0 && peer.have.contains(piece) && self.is_open(*piece, peer.contributor)
            })
            .collect();
        let fresh: BTreeSet<u32> =
            peer.have.iter().copied().filter(|piece| self.is_candidate(*piece)).collect();
        let first = |from: &BTreeSet<u32>| -> BTreeSet<u32> { from.first().copied().into_iter().collect() };
        let all: BTreeSet<u32> = open.union(&fresh).copied().collect();
        let soon = self.window(playhead);
        if picker == "sequential" {
            return first(&all);
        }
        let urgent = within(&all, &soon);
        if picker == "deadline" && playhead.is_some() && !urgent.is_empty() {
            return first(&urgent);
        }
        if let Some(last) = peer.last.filter(|last| open.contains(last)) {
            return [last].into();
        }
        match picker {
            "random" if open.is_empty() => fresh,
            "random" => least(&open, |piece| self.free(piece)),
            "whole-pieces" if fast && self.held.len() >= 4 && !fresh.is_empty() => {
                self.rarest_after(4, &BTreeSet::new(), &fresh, suggested)
            }
            "rarest-first" | "whole-pieces" | "deadline" => self.rarest_after(4, &open, &fresh, suggested),
            "rarest-first-pure" => self.rarest_after(0, &open, &fresh, suggested),
            "rarest-first-late" => self.rarest_after(16, &open, &fresh, suggested),
            // Nobody has been counted in this swarm, so all pieces are as rare.
            "global-rarest" if open.is_empty() => fresh,
            "global-rarest" => least(&open, |piece| self.free(piece)),
            "window" if !urgent.is_empty() => self.rarest(&within(&open, &soon), &within(&fresh, &soon)),
            "mixed" if !urgent.is_empty() => {
                let (near, far) = soon.split_at(soon.len() / 2);
                let spread = self.rarest(&within(&open, far), &within(&fresh, far));
                if spread.is_empty() { first(&within(&all, near)) } else { spread }
            }
            "window" | "mixed" => self.rarest_after(4, &open, &fresh, suggested),
            "portion" => {
                first(&all).union(&self.rarest_after(4, &open, &fresh, suggested)).copied().collect()
            }
            "bitos" => {
                let soon = self.missing_window(playhead);
                let start = playhead.map_or(0, |playhead| playhead.piece);
                let later: Vec<u32> = (soon.last().map_or(start, |last| last + 1)..PIECES).collect();
                let one = self.rarest(&within(&open, &soon), &within(&fresh, &soon));
                let other = self.rarest(&within(&open, &later), &within(&fresh, &later));
                // What lies before the playhead comes last.
                match one.is_empty() && other.is_empty() {
                    true => self.rarest_after(4, &open, &fresh, suggested),
                    false => one.union(&other).copied().collect(),
                }
            }
            other => panic!("what does {other} promise?"),
        }
    }

    /// Any piece before so many are held, and then the rarest; of those what the peer suggests, if it does.
    fn rarest_after(
        &self,
        random: usize,
        open: &BTreeSet<u32>,
        fresh: &BTreeSet<u32>,
        suggested: &VecDeque<u32>,
    ) -> BTreeSet<u32> {
        let rarest = least(fresh, |piece| self.availability(piece));
        let rarity = |set: &BTreeSet<u32>| set.first().map(|piece| self.availability(*piece));
        let suggestion: BTreeSet<u32> =
            suggested.iter().copied().find(|piece| fresh.contains(piece)).into_iter().collect();
        let fresh = match (self.held.len() < random, suggestion.is_empty()) {
            (true, true) if open.is_empty() => return fresh.clone(),
            (true, true) => BTreeSet::new(),
            (false, false) if rarity(&suggestion) > rarity(&rarest) => rarest,
            (_, false) => suggestion,
            (false, true) => rarest,
        };
        self.rarest(open, &fresh)
    }

    /// The rarest of the pieces in progress, unless one is rarer that is not.
    fn rarest(&self, open: &BTreeSet<u32>, fresh: &BTreeSet<u32>) -> BTreeSet<u32> {
        let begun = least(open, |piece| (self.availability(piece), self.free(piece)));
        let rarest = least(fresh, |piece| self.availability(piece));
        let rarity = |set: &BTreeSet<u32>| set.first().map(|piece| self.availability(*piece));
        match (rarity(&begun), rarity(&rarest)) {
            (Some(begun), Some(fresh)) if fresh < begun => rarest,
            (Some(_), _) => begun,
            (None, _) => rarest,
        }
    }

    /// Eight pieces from the first missing one on where nobody watches.
    fn window(&self, playhead: Option<Playhead>) -> Vec<u32> {
        let first = (0..PIECES).find(|piece| !self.held.contains(piece)).unwrap_or(PIECES);
        let (start, length) = playhead.map_or((first, 8), |playhead| (playhead.piece, playhead.window));
        (start..PIECES).take(length as usize).collect()
    }

    /// So many missing ones, with all between them.
    fn missing_window(&self, playhead: Option<Playhead>) -> Vec<u32> {
        let (start, length) = playhead.map_or((0, 8), |playhead| (playhead.piece, playhead.window));
        let mut missing = (start..PIECES).filter(|piece| !self.held.contains(piece));
        let end = missing.nth(length as usize - 1).map_or(PIECES, |last| last + 1);
        (start..end).collect()
    }
}

fn within(set: &BTreeSet<u32>, part: &[u32]) -> BTreeSet<u32> {
    set.iter().copied().filter(|piece| part.contains(piece)).collect()
}

/// All members of the set for which the key is least.
fn least<K: Ord>(set: &BTreeSet<u32>, key: impl Fn(u32) -> K) -> BTreeSet<u32> {
    let min = set.iter().map(|piece| key(*piece)).min();
    set.iter().copied().filter(|piece| Some(key(*piece)) == min).collect()
}

fn piece_set<'a>(pieces: impl IntoIterator<Item = &'a u32>) -> PieceSet {
    let mut set = PieceSet::empty(PIECES);
    pieces.into_iter().for_each(|piece| {
        set.insert(*piece);
    });
    set
}

struct Machine {
    map: PieceMap,
    model: Model,
    rng: Rng,
}

impl Machine {
    fn new(seed: u64) -> Machine {
        let mut rng = Rng::seed_from_u64(seed);
        Machine { map: PieceMap::new(geometry(), &mut rng), model: Model::new(), rng }
    }

    fn step(&mut self, step: &Step) {
        let peers = self.model.peers.len();
        match step {
            Step::Join(pieces) => self.join((0..PIECES).filter(|piece| pieces >> piece & 1 == 1).collect()),
            Step::Found(piece) => self.found(*piece),
            Step::Leave(peer) if peers > 0 => self.leave(peer.index(peers)),
            Step::Have { peer, piece } if peers > 0 => self.have(peer.index(peers), *piece),
            Step::Ask { peer, picker, alone, fast, playhead } if peers > 0 => {
                self.ask(peer.index(peers), picker, *alone, *fast, *playhead);
            }
            Step::Unreserve(peer) if peers > 0 => {
                let contributor = self.model.peers[peer.index(peers)].contributor;
                self.map.unreserve(contributor);
                self.model.reserved.retain(|_, owner| *owner != contributor);
            }
            Step::Arrive(which) => {
                choose(which, &self.model.outstanding()).into_iter().for_each(|asked| self.arrive(asked));
            }
            Step::Decline(which) => {
                choose(which, &self.model.outstanding()).into_iter().for_each(|asked| self.release(asked));
            }
            Step::Disk { block, took } => self.disk(block, *took),
            Step::Verify { piece, good } => {
                let whole: Vec<u32> = (0..PIECES).filter(|piece| self.model.is_whole(*piece)).collect();
                choose(piece, &whole).into_iter().for_each(|piece| self.verify(piece, *good));
            }
            Step::Leave(_) | Step::Have { .. } | Step::Ask { .. } | Step::Unreserve(_) => {}
        }
    }

    fn join(&mut self, have: BTreeSet<u32>) {
        let counted_as_full = self.map.availability_mut().add_peer(&piece_set(&have), &mut self.rng);
        assert_eq!(counted_as_full, have.len() == PIECES as usize);
        let contributor = self.model.joined;
        self.model.joined += 1;
        self.model.peers.push(Peer { contributor, have, counted_as_full, last: None });
    }

    fn leave(&mut self, at: usize) {
        let peer = self.model.peers.remove(at);
        let asked = self.model.outstanding();
        asked.into_iter().filter(|(.., who)| *who == peer.contributor).for_each(|asked| self.release(asked));
        self.map.unreserve(peer.contributor);
        self.model.reserved.retain(|_, owner| *owner != peer.contributor);
        let set = piece_set(&peer.have);
        self.map.availability_mut().remove_peer(&set, peer.counted_as_full, &mut self.rng);
    }

    fn have(&mut self, at: usize, piece: u32) {
        if self.model.peers[at].have.insert(piece) {
            self.map.availability_mut().increment(piece, &mut self.rng);
        }
    }

    fn ask(&mut self, at: usize, picker: &str, alone: bool, fast: bool, playhead: Option<Playhead>) {
        let peer = &self.model.peers[at];
        let contributor = peer.contributor;
        let set = piece_set(&peer.have);
        // Whatever a peer suggests, the rule stands.
        let suggested =
            &(0..below(&mut self.rng, 4)).map(|_| below(&mut self.rng, set.piece_count())).collect();
        let bytes_per_s = if fast { 1e9 } else { 0.0 };
        let (pieces, last) = (&self.map, peer.last);
        let view = PickView { pieces, peer: &set, contributor, last, suggested, bytes_per_s, playhead };
        let acceptable = self.model.acceptable(picker, peer, fast, playhead, suggested);
        let copies = SwarmCopies::none(PIECES);
        let mut picked = make(picker, Some(&copies)).unwrap().pick(&view, &mut self.rng);
        assert_eq!(picked.is_none(), acceptable.is_empty(), "{picker} of {acceptable:?}");
        assert!(
            picked.is_none_or(|piece| acceptable.contains(&piece)),
            "{picker}: {picked:?} of {acceptable:?}"
        );
        if alone {
            picked = self.pick_alone(&view, peer);
        }
        let name = match picked {
            Some(piece) => self.first_free(piece),
            // In endgame, what others were asked for.
            None => {
                self.model.outstanding().into_iter().map(|(piece, block, _)| (piece, block)).find(|name| {
                    peer.have.contains(&name.0)
                        && self.model.is_open(name.0, contributor)
                        && !self.is_asked(*name, contributor)
                })
            }
        };
        let Some((piece, block)) = name else { return };
        let fresh = self.model.is_candidate(piece);
        self.map.request(piece, block);
        let Some(Block::Free | Block::Asked(_)) = self.model.blocks.get(&(piece, block)) else {
            panic!("a block that is here is asked for")
        };
        let mut who = self.requesters((piece, block));
        who.insert(contributor);
        self.model.set(piece, block, Block::Asked(who));
        if fresh && alone {
            self.map.reserve(piece, contributor);
            self.model.reserved.insert(piece, contributor);
        }
        self.model.peers[at].last = Some(piece);
    }

    /// A peer on parole gets its own piece, or a fresh one.
    fn pick_alone(&self, view: &PickView<'_>, peer: &Peer) -> Option<u32> {
        let own: Vec<u32> = (self.model.reserved.iter())
            .filter(|(piece, owner)| {
                **owner == peer.contributor && self.model.free(**piece) > 0 && peer.have.contains(piece)
            })
            .map(|(piece, _)| *piece)
            .collect();
        let fresh: Vec<u32> =
            peer.have.iter().copied().filter(|piece| self.model.is_candidate(*piece)).collect();
        let acceptable = if own.is_empty() { fresh } else { own };
        let picked = view.alone(&mut self.rng.clone());
        assert_eq!(picked.is_none(), acceptable.is_empty());
        assert!(picked.is_none_or(|piece| acceptable.contains(&piece)), "{picked:?} of {acceptable:?}");
        picked
    }

    fn first_free(&self, piece: u32) -> Option<(u32, u32)> {
        let block = self.map.partial(piece).map_or(Some(0), |partial| partial.first_free())?;
        assert_eq!(self.model.piece(piece).position(|block| *block == Block::Free), Some(block as usize));
        Some((piece, block))
    }

    fn requesters(&self, name: (u32, u32)) -> BTreeSet<u32> {
        match &self.model.blocks[&name] {
            Block::Asked(who) => who.clone(),
            _ => BTreeSet::new(),
        }
    }

    fn is_asked(&self, name: (u32, u32), contributor: u32) -> bool {
        self.requesters(name).contains(&contributor)
    }

    fn arrive(&mut self, (piece, block, contributor): (u32, u32, u32)) {
        let others = self.requesters((piece, block)).len() as u8 - 1;
        assert_eq!(self.map.arrive(piece, block, contributor), Some(others));
        assert_eq!(self.map.arrive(piece, block, 99), None, "the second time it is waste");
        self.model.set(piece, block, Block::Writing(contributor));
    }

    fn release(&mut self, (piece, block, contributor): (u32, u32, u32)) {
        self.map.release(piece, block, &mut self.rng);
        let mut who = self.requesters((piece, block));
        who.remove(&contributor);
        self.model.set(piece, block, if who.is_empty() { Block::Free } else { Block::Asked(who) });
    }

    fn disk(&mut self, which: &Index, took: bool) {
        let writing = |(name, block): (&(u32, u32), &Block)| match block {
            Block::Writing(who) => Some((name.0, name.1, *who)),
            _ => None,
        };
        let writing: Vec<(u32, u32, u32)> = self.model.blocks.iter().filter_map(writing).collect();
        let Some((piece, block, who)) = choose(which, &writing) else { return };
        if took {
            let whole = self.map.wrote(piece, block);
            self.model.set(piece, block, Block::Written(who));
            assert_eq!(whole, self.model.is_whole(piece));
        } else {
            self.map.lost(piece, block, &mut self.rng);
            self.model.set(piece, block, Block::Free);
        }
    }

    fn verify(&mut self, piece: u32, good: bool) {
        let expected = self.model.contributors(piece);
        if good {
            assert_eq!(self.map.accept(piece), expected);
            self.model.held.insert(piece);
            self.model.verified.push(piece);
        } else {
            assert_eq!(self.map.refuse(piece, &mut self.rng), expected);
        }
        for block in 0..geometry().blocks_in(piece) {
            self.model.set(piece, block, Block::Free);
        }
        self.model.reserved.remove(&piece);
    }

    fn found(&mut self, piece: u32) {
        self.map.found(piece);
        if self.model.is_candidate(piece) {
            self.model.held.insert(piece);
            self.model.verified.push(piece);
        }
    }

    fn check(&self) {
        let (map, model) = (&self.map, &self.model);
        assert_eq!(*map.held(), piece_set(&model.held));
        assert_eq!(map.verified(), model.verified);
        assert_eq!(map.is_endgame(), model.is_endgame());
        assert_eq!(map.partials().len(), model.in_progress().len());
        (0..PIECES).for_each(|piece| self.check_piece(piece));

        let candidates: BTreeSet<u32> = (0..PIECES).filter(|piece| model.is_candidate(*piece)).collect();
        assert_eq!(*map.candidates(), piece_set(&candidates));
        let order: Vec<u32> = map.availability().rarest_first().iter().collect();
        assert_eq!(order.iter().copied().collect::<BTreeSet<u32>>(), candidates);
        assert_eq!(order.len(), candidates.len(), "each candidate once");
        assert!(order.is_sorted_by_key(|piece| model.availability(*piece)), "rarest first: {order:?}");

        let sets: Vec<(PieceSet, bool)> =
            model.peers.iter().map(|peer| (piece_set(&peer.have), peer.counted_as_full)).collect();
        let announced = sets.iter().map(|(set, full)| (set, *full));
        let asked = model.outstanding();
        let asked = asked.iter().map(|(piece, block, _)| (*piece, *block));
        assert_eq!(
            map.check_invariants(announced, asked, u8::MAX),
            Ok(()),
            "the engine's own recount agrees"
        );
    }

    fn check_piece(&self, piece: u32) {
        let (map, model) = (&self.map, &self.model);
        assert_eq!(map.availability().of(piece), model.availability(piece));
        assert_eq!(map.availability().is_candidate(piece), model.is_candidate(piece));
        let Some(partial) = map.partial(piece) else {
            assert!(model.held.contains(&piece) || model.is_candidate(piece), "piece {piece} is in progress");
            return;
        };
        let state = |block: &Block| match block {
            Block::Free => BlockState::Free,
            Block::Asked(who) => BlockState::Requested(who.len() as u8),
            Block::Writing(sender) => BlockState::Writing(*sender),
            Block::Written(sender) => BlockState::Written(*sender),
        };
        assert_eq!(partial.blocks(), model.piece(piece).map(state).collect::<Vec<_>>());
        assert_eq!(partial.free() as usize, model.free(piece));
        assert_eq!(partial.is_whole(), model.is_whole(piece));
        assert!(!partial.is_untouched());
        assert_eq!(partial.contributors(), model.contributors(piece));
        for contributor in 0..=model.joined {
            assert_eq!(partial.is_open_to(contributor), model.is_open(piece, contributor));
            let owned = model.reserved.get(&piece) == Some(&contributor);
            assert_eq!(partial.is_reserved_for(contributor), owned);
        }
    }
}

fn choose<T: Copy>(which: &Index, from: &[T]) -> Option<T> {
    (!from.is_empty()).then(|| *which.get(from))
}

proptest! {
    #[test]
    fn pieces_and_picks_agree_with_plain_sets(seed in any::<u64>(), steps in steps()) {
        let mut machine = Machine::new(seed);
        for step in &steps {
            machine.step(step);
            machine.check();
        }
    }
}
