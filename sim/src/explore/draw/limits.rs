//! What users allow their clients to send and to fetch.
//!
//! Drawn with dice of its own when all else is: every other draw is what it was before there was this one.

use crate::scenario::{Behaviour, Group};

use super::dice::{Dice, two_digits};
use super::features::Features;
use super::groups::RATE_MIN;

/// One scenario in so many has clients with limits.
const LIMITED: u32 = 4;

/// Bends the groups: some get limits around `pace`, in bit/s. Not where much is to be asked for at once, and not where the
/// moments matter at which blocks pass.
pub fn bend(seed: u64, features: &Features, groups: &mut [Group], pace: f64) {
    let mut dice = Dice::new(seed, "limits");
    if !dice.one_in(LIMITED) || features.is_deep || features.theme.is_some() {
        return;
    }
    for group in groups.iter_mut().filter(|group| group.behaviour == Behaviour::Honest) {
        let mut limit = || two_digits((pace * dice.scale(0.1, 2.0)).max(RATE_MIN));
        let (up, down) = (limit(), limit());
        group.client.upload_limit = (!dice.one_in(3)).then_some(up);
        group.client.download_limit = dice.one_in(2).then_some(down);
    }
}
