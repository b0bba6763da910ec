//! Chokers: whom to upload to, and how fast.
//!
//! A choker is a selector: it reads a [`ChokeView`] and answers; the torrent commits. What it remembers from round to round
//! is its own. A new choker is one file here, which says its name, its rule, its source and what it promises, and one line
//! in the [registry](registry::LEECHERS).

mod anti_leech;
mod bit_tyrant;
mod fastest_upload;
mod free_rider;
mod generous;
mod optimistic;
mod promise;
mod prop_share;
mod rate_based;
pub mod registry;
mod round_robin;
mod tit_for_tat;
mod view;

use crate::random::{Rng, below};

pub use anti_leech::AntiLeech;
pub use bit_tyrant::BitTyrant;
pub use fastest_upload::FastestUpload;
pub use free_rider::FreeRider;
pub use generous::Generous;
pub use promise::{Merit, Promise, Slots, Turn};
pub use prop_share::PropShare;
pub use rate_based::RateBased;
pub use registry::{LEECHER_NAMES, SEED_NAMES, leecher_by_name, seed_by_name};
pub use round_robin::RoundRobin;
pub use tit_for_tat::TitForTat;
pub use view::{ChokeView, Suitor};

/// Chooses whom to unchoke.
pub trait Choker: Send {
    /// Who is to be unchoked until the next round: interested peers only, and nobody if there are no [`ChokeView::slots`].
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice;

    /// How many may be unchoked until the next round, where so many are configured. A vacancy is given to somebody.
    fn slots(&self, configured: usize) -> usize {
        configured
    }

    /// A slot is free between rounds: who gets it? An interested peer that is choked now, or `None`.
    fn vacancy(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Option<u32> {
        let waiting: Vec<&Suitor> = view.suitors.iter().filter(|suitor| !suitor.unchoked).collect();
        waiting.get(below(rng, waiting.len() as u32) as usize).map(|suitor| suitor.peer)
    }

    /// Payload that this peer is sent at most while it is unchoked, bytes/s. `None`: as much as it takes.
    fn limit(&self, _peer: u32) -> Option<u64> {
        None
    }

    /// A peer is gone, and another may get its number.
    fn forget(&mut self, _peer: u32) {}
}

/// The answer of a choker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The peers to be unchoked, the optimistic one among them.
    pub unchoked: Vec<u32>,
    /// The one that is unchoked without having deserved it.
    pub optimistic: Option<u32>,
}

/// The suitors in random order, so that a stable sort breaks ties evenly.
fn shuffled<'a>(view: &ChokeView<'a>, rng: &mut Rng) -> Vec<&'a Suitor> {
    let mut suitors: Vec<&Suitor> = view.suitors.iter().collect();
    for last in (1..suitors.len()).rev() {
        suitors.swap(last, below(rng, last as u32 + 1) as usize);
    }
    suitors
}

#[cfg(test)]
mod tests;
