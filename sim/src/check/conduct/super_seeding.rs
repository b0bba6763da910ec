//! S46: what a super seed (BEP 16) tells of. That it sends nothing else is judged on the wire.
//!
//! As long as a piece is at none of its peers, whoever was there with everything from the start
//! - has told each of [`UNSEEN_MAX`] pieces at most that the peer has not passed on: it has the piece and so has another
//!   peer, or it has had it for [`FORGIVEN_AFTER`];
//! - tells of no piece that a peer has, and of none that is another's to spread: who was told of it lately, and can't have had
//!   it since it was choked, or unchoked not long ago;
//! - tells whoever has room of a piece that is nowhere and of which nobody was told, within [`SOON`].
//!
//! Once each piece was at one of them it tells everybody of everything, within [`SOON_ALL`].
//!
//! Of what waited for a socket nobody knows when it was decided: there only the first rule is judged, which holds at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::session::{ConnectionId, StartWith};
use swarmlab_engine::time::Time;

use crate::check::judge::Bench;
use crate::check::swarm::{Line, Told, View, Watcher, Way};
use crate::check::wire::Said;
use crate::check::{Circumstances, Seen};

use super::prompt::Step;

/// One piece to be fetched, and one more while the first is on its way (libtorrent: 2).
const UNSEEN_MAX: usize = 2;
/// What a peer has had for so long and nobody else shows is forgiven it.
const FORGIVEN_AFTER: Duration = Duration::from_secs(60);
/// A piece is one peer's to spread for five minutes, and for a minute of a turn; what was said was decided before.
const KEPT_FOR: Duration = Duration::from_secs(4 * 60);
const KEPT_IN_A_TURN: Duration = Duration::from_secs(30);
/// Who says nothing of pieces is waited for, for 5 s and a tick.
const SILENT_FOR: Duration = Duration::from_secs(7);
/// A tick or two.
const SOON: Duration = Duration::from_secs(4);
/// A thousand pieces a second.
const SOON_ALL: Duration = Duration::from_secs(10);
/// How often everybody is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Judges S46, but for what is sent.
#[derive(Default)]
pub struct SuperSeeding {
    clients: BTreeMap<u32, Client>,
    look_at: Time,
}

struct Client {
    step: Step,
    /// Since when each piece was at one of its peers.
    over_since: Option<Time>,
    /// Pieces that one of its peers had when the last step ended.
    held_before: PieceSet,
    peers: BTreeMap<ConnectionId, Peer>,
    /// Seeds like itself, which it leaves at once.
    seeds: BTreeSet<ConnectionId>,
}

/// What one of its peers was told.
struct Peer {
    /// Of which pieces.
    told: PieceSet,
    /// Those that it has not passed on.
    unseen: Vec<Unseen>,
    /// Since when it could have been told of more.
    has_room_since: Option<Time>,
}

struct Unseen {
    piece: u32,
    told_at: Time,
    held_since: Option<Time>,
}

impl Peer {
    fn new(pieces: u32) -> Peer {
        Peer { told: PieceSet::empty(pieces), unseen: Vec::new(), has_room_since: None }
    }
}

impl Watcher for SuperSeeding {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        let pieces = bench.setting.geometry().piece_count;
        match seen {
            Seen::Came { is_judged: true, start: StartWith::Everything, config, .. }
                if config.super_seeding =>
            {
                self.clients.insert(peer, Client::new(pieces));
            }
            Seen::Gone => drop(self.clients.remove(&peer)),
            _ => {}
        }
        let Some(client) = self.clients.get_mut(&peer) else { return };
        match seen {
            Seen::Closed { connection, .. } => {
                client.look(bench.now, view, peer);
                client.peers.remove(connection);
                client.seeds.remove(connection);
            }
            Seen::Settled(_) => {
                client.look(bench.now, view, peer);
                client.held_before = client.held(view, peer);
            }
            _ => {}
        }
        client.step.see(view, peer, seen);
    }

    fn said(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>) {
        let Some(client) = self.clients.get_mut(&told.peer) else { return };
        client.step.said(told);
        client.look(bench.now, view, told.peer);
        let pieces = client.held_before.piece_count();
        let all = match told.said {
            Said::Bitfield(bits) => PieceSet::from_wire(bits, pieces),
            Said::HaveAll => Some(PieceSet::full(pieces)),
            _ => None,
        };
        let peer = client.peers.entry(told.connection).or_insert_with(|| Peer::new(pieces));
        match (told.way, all, told.said) {
            (Way::Out, Some(all), _) => peer.told = all,
            (Way::In, Some(all), _) if all.is_full() => drop(client.seeds.insert(told.connection)),
            (Way::Out, None, Said::Have(piece)) if *piece < pieces => client.tells(bench, view, told, *piece),
            _ => {}
        }
    }

    fn step(&mut self, bench: &mut Bench<'_>, view: &View, _: &Circumstances<'_>) {
        if bench.now < self.look_at {
            return;
        }
        self.look_at = bench.now + EVERY;
        for (&peer, client) in &mut self.clients {
            let Some(resident) = view.roster.get(peer).filter(|resident| resident.is_answerable()) else {
                client.peers.values_mut().for_each(|peer| peer.has_room_since = None);
                continue;
            };
            client.look(bench.now, view, peer);
            match client.over_since {
                None => client.tells_whoever_has_room(bench, view, peer),
                Some(since) if since.max(resident.awake_since) + SOON_ALL < bench.now => {
                    client.has_told_everything(bench, view, peer);
                }
                Some(_) => {}
            }
        }
    }
}

impl Client {
    /// The pieces that its peers say that they have.
    fn held(&self, view: &View, own: u32) -> PieceSet {
        let mut held = PieceSet::empty(self.held_before.piece_count());
        for (_, line) in peers_of(view, own, &self.seeds) {
            line.theirs.iter().for_each(|piece| {
                held.insert(piece);
            });
        }
        held
    }

    fn new(pieces: u32) -> Client {
        Client {
            step: Step::default(),
            over_since: None,
            held_before: PieceSet::empty(pieces),
            peers: BTreeMap::new(),
            seeds: BTreeSet::new(),
        }
    }

    /// Takes note of what was passed on, and whether all is out.
    fn look(&mut self, now: Time, view: &View, own: u32) {
        if self.over_since.is_some() {
            return;
        }
        if self.held(view, own).is_full() {
            self.over_since = Some(now);
        }
        for (connection, peer) in &mut self.peers {
            let Some(line) = view.lines.get(own, *connection) else { continue };
            peer.unseen.retain_mut(|unseen| {
                if !line.theirs.contains(unseen.piece) {
                    return true;
                }
                let since = *unseen.held_since.get_or_insert(now);
                let has = |(_, line): &(_, &Line)| line.theirs.contains(unseen.piece);
                peers_of(view, own, &self.seeds).filter(has).count() < 2 && now - since < FORGIVEN_AFTER
            });
        }
    }

    fn tells(&mut self, bench: &mut Bench<'_>, view: &View, told: &Told<'_>, piece: u32) {
        let is_prompt = self.step.is_prompt(told.connection);
        let what = match self.over_since {
            Some(_) => None,
            None if is_prompt => self.is_wrong(bench.now, view, told, piece),
            None => None,
        };
        let Some(peer) = self.peers.get_mut(&told.connection) else { return };
        peer.has_room_since = None;
        peer.told.insert(piece);
        peer.unseen.push(Unseen { piece, told_at: bench.now, held_since: None });
        self.look(bench.now, view, told.peer);
        let unseen = self.peers.get(&told.connection).map_or(0, |peer| peer.unseen.len());
        let is_too_much = (self.over_since.is_none() && unseen > UNSEEN_MAX).then(|| {
            format!("it tells of piece {piece}, with {} pieces that were not passed on", unseen - 1)
        });
        if let Some(what) = what.or(is_too_much) {
            bench.violated("S46", [told.peer, told.line.with], what, told.line.wire());
        }
    }

    /// What is wrong with telling of this piece now.
    fn is_wrong(&self, now: Time, view: &View, told: &Told<'_>, piece: u32) -> Option<String> {
        let has = |(_, line): &(_, &Line)| line.theirs.contains(piece);
        if self.held_before.contains(piece)
            && let Some((_, line)) = peers_of(view, told.peer, &self.seeds).find(has)
        {
            return Some(format!("it tells of piece {piece}, which peer {} has", line.with));
        }
        let keeps = |(connection, peer): (&ConnectionId, &Peer)| {
            let line = view.lines.get(told.peer, *connection).filter(|line| line.is_drained)?;
            let is_lately = |unseen: &Unseen| unseen.piece == piece && now - unseen.told_at < KEPT_FOR;
            let can_not_have_had = !line.am_unchoking || now - line.choked_at < KEPT_IN_A_TURN;
            let is_another = *connection != told.connection;
            (is_another && can_not_have_had && peer.unseen.iter().any(is_lately)).then_some(line.with)
        };
        let keeper = self.peers.iter().find_map(keeps)?;
        Some(format!("it tells of piece {piece}, which is peer {keeper}'s to spread"))
    }

    fn tells_whoever_has_room(&mut self, bench: &mut Bench<'_>, view: &View, own: u32) {
        let mut spoken_for = self.held(view, own);
        let told = self.peers.values().flat_map(|peer| peer.told.iter());
        told.for_each(|piece| {
            spoken_for.insert(piece);
        });
        if spoken_for.is_full() {
            return self.peers.values_mut().for_each(|peer| peer.has_room_since = None);
        }
        for (connection, line) in view.lines.of(own) {
            let Some(peer) = self.peers.get_mut(connection) else { continue };
            let is_ready = line.stands && line.is_drained && bench.now - line.opened_at > SILENT_FOR;
            if !is_ready || peer.unseen.len() >= UNSEEN_MAX {
                peer.has_room_since = None;
                continue;
            }
            let waits = bench.now - *peer.has_room_since.get_or_insert(bench.now);
            if waits > SOON {
                let what = format!(
                    "it has told a peer of {} pieces only for {:.0} s, and there are some of which nobody knows",
                    peer.unseen.len(),
                    waits.as_secs_f64()
                );
                return bench.violated("S46", [own, line.with], what, line.wire());
            }
        }
    }

    fn has_told_everything(&self, bench: &mut Bench<'_>, view: &View, own: u32) {
        for (connection, line) in view.lines.of(own) {
            let Some(peer) = self.peers.get(connection) else { continue };
            let is_untold = |piece: &u32| !peer.told.contains(*piece) && !line.theirs.contains(*piece);
            let is_ready = line.stands && line.is_drained && bench.now - line.opened_at > SOON_ALL;
            if is_ready && let Some(piece) = (0..peer.told.piece_count()).find(is_untold) {
                let what = format!("each piece is out, and the peer was not told of piece {piece}");
                return bench.violated("S46", [own, line.with], what, line.wire());
            }
        }
    }
}

/// Those with whom a super seed exchanges pieces.
fn peers_of<'a>(
    view: &'a View,
    own: u32,
    seeds: &'a BTreeSet<ConnectionId>,
) -> impl Iterator<Item = (&'a ConnectionId, &'a Line)> {
    view.lines.of(own).filter(|(connection, line)| line.stands && !seeds.contains(connection))
}
