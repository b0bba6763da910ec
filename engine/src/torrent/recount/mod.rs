//! The torrent's books, counted again: do its parts agree with each other?
//!
//! For tests, and for simulations that check themselves at every step. Linear in what the torrent holds; changes nothing.

mod connections;
mod jobs;
#[cfg(test)]
mod tests;
mod timetable;

use crate::allowance::Allowance;
use crate::choker;
use crate::choker::registry::Entry;
use crate::invariant::{Broken, must_hold};
use crate::session::routes::Routes;
use crate::wire::PeerId;

use super::Torrent;

impl Torrent {
    /// Recomputes from scratch what the parts of the torrent keep of each other. `routes` are the session's, and so are the
    /// limits; `own` is who we are.
    ///
    /// # Errors
    /// What differs: a bug in the engine.
    pub fn check_invariants(&self, routes: &Routes, limits: &Allowance, own: PeerId) -> Result<(), Broken> {
        let is_limited = self.allowance.limits_up() || limits.limits_up();
        self.pieces_agree_with_peers()?;
        self.peers_agree_with_themselves(is_limited)?;
        self.slots_are_kept()?;
        self.parole_is_served()?;
        self.bytes_are_accounted_for()?;
        self.check_connections(routes, own)?;
        self.check_jobs()?;
        self.check_timetable(routes, is_limited)
    }

    fn pieces_agree_with_peers(&self) -> Result<(), Broken> {
        let established = || self.peers.iter().filter(|(_, peer)| peer.is_established());
        let announced = established().map(|(_, peer)| (&peer.have, peer.counted_as_full));
        let outstanding = self.peers.iter().flat_map(|(_, peer)| {
            peer.pipeline.outstanding().iter().map(|request| (request.piece, request.block))
        });
        self.pieces.check_invariants(announced, outstanding, self.config.endgame_requesters_max)
    }

    fn peers_agree_with_themselves(&self, is_limited: bool) -> Result<(), Broken> {
        let reads = self.reads_by_peer();
        let (settled, verified) = (self.pieces.settled(), self.pieces.verified().len());
        for (at, peer) in &self.peers {
            peer.check_invariants(settled, reads[at], is_limited)?;
            let said = peer.haves_said as usize;
            must_hold!(said <= verified, "S13", "{} was told of {said} pieces, {verified} came", peer.remote);
        }
        Ok(())
    }

    fn slots_are_kept(&self) -> Result<(), Broken> {
        let count = |wanted: fn(&crate::peer::PeerConnection) -> bool| {
            self.peers.iter().filter(|(_, peer)| wanted(peer)).count()
        };
        let unchoked = count(|peer| !peer.am_choking);
        if let Some(slots) = self.slots_max() {
            must_hold!(unchoked <= slots, "S21", "{unchoked} peers are unchoked, there are {slots} slots");
        }
        let optimistic = count(|peer| peer.optimistic);
        must_hold!(optimistic <= 1, "S21", "{optimistic} peers are unchoked optimistically");
        must_hold!(
            self.unchoked as usize == unchoked,
            "S21",
            "{} count as unchoked, {unchoked} are",
            self.unchoked
        );
        Ok(())
    }

    /// How many may be unchoked, if that does not depend on more than the configuration. Whom a leecher has unchoked stays
    /// so until its first round as a seed.
    fn slots_max(&self) -> Option<usize> {
        let most = |entry: &Entry| entry.promise.unchoked_max(self.config.upload_slots as usize);
        let leecher = most(choker::leecher_by_name(&self.config.choker)?)?;
        match self.is_finished() {
            true => Some(leecher.max(most(choker::seed_by_name(&self.config.seed_choker)?)?)),
            false => Some(leecher),
        }
    }

    /// A piece that is kept for one peer is kept for one who is there: else nobody would ever fetch it.
    fn parole_is_served(&self) -> Result<(), Broken> {
        let mut numbers: Vec<u32> =
            self.peers.iter().map(|(_, peer)| peer.contributor).filter(|number| *number > 0).collect();
        numbers.sort_unstable();
        let twice = numbers.windows(2).any(|pair| pair[0] == pair[1]);
        must_hold!(!twice, "S9", "two peers have one number as contributors: {numbers:?}");
        let newest = numbers.last().copied().unwrap_or(0);
        must_hold!(newest <= self.contributors, "S9", "contributor {newest} is yet to come");
        for partial in self.pieces.partials() {
            let Some(owner) = partial.reserved_for() else { continue };
            must_hold!(
                numbers.binary_search(&owner).is_ok(),
                "S9",
                "piece {} is kept for contributor {owner}, who is gone",
                partial.piece
            );
        }
        Ok(())
    }

    /// What was received is on the disk, on its way there, or was in vain.
    fn bytes_are_accounted_for(&self) -> Result<(), Broken> {
        let (received, wasted) = (self.totals.downloaded, self.totals.wasted.total());
        let kept = self.pieces.bytes_kept();
        must_hold!(
            received == kept + wasted,
            "S26",
            "{received} bytes of payload came, {kept} are kept, {wasted} were in vain"
        );
        Ok(())
    }
}
