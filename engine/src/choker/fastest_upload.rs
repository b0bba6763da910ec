//! Fastest upload for seeds (BEP 3's client): to those who take most, so that the seed's link is full.

use crate::random::Rng;

use super::{Choice, ChokeView, Choker, Suitor, TitForTat};

/// Those to whom we upload fastest are unchoked, and one other in turn: [`TitForTat`] with the direction reversed.
pub struct FastestUpload;

impl Choker for FastestUpload {
    fn round(&self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        let reversed =
            |suitor: &Suitor| Suitor { downloaded_bytes: suitor.uploaded_bytes, snubs_us: false, ..*suitor };
        let suitors: Vec<Suitor> = view.suitors.iter().map(reversed).collect();
        TitForTat.round(&ChokeView { suitors: &suitors, ..*view }, rng)
    }
}
