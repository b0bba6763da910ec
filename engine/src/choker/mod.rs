//! Chokers: whom to upload to.
//!
//! A choker is a pure selector: it reads a [`ChokeView`] and answers; the torrent commits. A new choker is one file here
//! and one line in a registry.

mod fastest_upload;
mod round_robin;
mod tit_for_tat;

use crate::random::{Rng, below};
use crate::time::Time;

pub use fastest_upload::FastestUpload;
pub use round_robin::RoundRobin;
pub use tit_for_tat::TitForTat;

/// Chooses whom to unchoke.
pub trait Choker: Send {
    /// Who is to be unchoked until the next round: interested peers only, at most [`ChokeView::slots`] of them.
    fn round(&self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice;

    /// A slot is free between rounds: who gets it? An interested peer that is choked now, or `None`.
    fn vacancy(&self, view: &ChokeView<'_>, rng: &mut Rng) -> Option<u32> {
        let waiting: Vec<&Suitor> = view.suitors.iter().filter(|suitor| !suitor.unchoked).collect();
        waiting.get(below(rng, waiting.len() as u32) as usize).map(|suitor| suitor.peer)
    }
}

/// The answer of a choker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The peers to be unchoked, the optimistic one among them.
    pub unchoked: Vec<u32>,
    /// The one that is unchoked without having deserved it.
    pub optimistic: Option<u32>,
}

/// What a choker sees.
#[derive(Clone, Copy, Debug)]
pub struct ChokeView<'a> {
    /// Now.
    pub now: Time,
    /// Peers that may be unchoked at a time.
    pub slots: usize,
    /// Those who are interested, in no particular order.
    pub suitors: &'a [Suitor],
    /// It is time for another optimistic unchoke.
    pub rotate_optimistic: bool,
}

/// One interested peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suitor {
    /// Its number in the torrent.
    pub peer: u32,
    /// It is unchoked now.
    pub unchoked: bool,
    /// It is the optimistic unchoke now.
    pub optimistic: bool,
    /// It owes us blocks and doesn't send them.
    pub snubs_us: bool,
    /// Payload that it sent us lately (10 to 20 s), bytes.
    pub downloaded_bytes: u64,
    /// Payload that we sent it lately (10 to 20 s), bytes.
    pub uploaded_bytes: u64,
    /// When it was connected.
    pub connected_at: Time,
    /// When it was unchoked or choked last; when it was connected, if neither.
    pub changed_at: Time,
}

type Make = fn() -> Box<dyn Choker>;

/// The registry of chokers for leechers.
const LEECHER_REGISTRY: &[(&str, Make)] = &[("tit-for-tat", || Box::new(TitForTat))];

/// The registry of chokers for seeds.
const SEED_REGISTRY: &[(&str, Make)] =
    &[("round-robin", || Box::new(RoundRobin)), ("fastest-upload", || Box::new(FastestUpload))];

const fn names<const N: usize>(registry: &[(&'static str, Make)]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = registry[at].0;
        at += 1;
    }
    names
}

/// The names by which a configuration or a scenario asks for a leecher's choker.
pub const LEECHER_NAMES: &[&str] = &names::<{ LEECHER_REGISTRY.len() }>(LEECHER_REGISTRY);

/// The names by which a configuration or a scenario asks for a seed's choker.
pub const SEED_NAMES: &[&str] = &names::<{ SEED_REGISTRY.len() }>(SEED_REGISTRY);

/// The leecher's choker with this name.
pub fn leecher_by_name(name: &str) -> Option<Box<dyn Choker>> {
    LEECHER_REGISTRY.iter().find(|(known, _)| *known == name).map(|(_, make)| make())
}

/// The seed's choker with this name.
pub fn seed_by_name(name: &str) -> Option<Box<dyn Choker>> {
    SEED_REGISTRY.iter().find(|(known, _)| *known == name).map(|(_, make)| make())
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
