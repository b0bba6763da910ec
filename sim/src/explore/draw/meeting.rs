//! How peers come to know of the torrent and of each other, where that is not by its file and the tracker.
//!
//! Drawn with dice of its own when all else is: every other draw is what it was before there was this one.

use crate::scenario::{Behaviour, Given, Group, Has};

use super::dice::Dice;
use super::features::{Course, Feature, Features};

/// One scenario in so many has peers that tell each other of peers.
const PEX: u32 = 4;
/// One in so many has leechers that have a magnet link.
const MAGNET: u32 = 4;
/// One in so many of those that bear it has leechers that ask no tracker, and know a seed.
const TRACKERLESS: u32 = 4;
/// What takes those whom somebody knows out of its reach: then it is alone, and rightly so.
const AGAINST_TRACKERLESS: [Feature; 4] =
    [Feature::Connections, Feature::Unreachable, Feature::Byzantine, Feature::Corruption];

/// Whoever was given pieces since knows the torrent.
pub fn mend(groups: &mut [Group]) {
    groups
        .iter_mut()
        .filter(|group| group.has != Has::Nothing)
        .for_each(|group| group.client.given = Given::File);
}

/// Bends the groups, of which the first are the seeds.
pub fn bend(seed: u64, features: &Features, groups: &mut [Group]) {
    let mut dice = Dice::new(seed, "meeting");
    let (has_pex, has_magnets, may_lack_tracker) =
        (dice.one_in(PEX), dice.one_in(MAGNET), dice.one_in(TRACKERLESS));
    for group in groups.iter_mut() {
        group.client.pex = has_pex && !dice.one_in(4);
        let has_nothing = group.has == Has::Nothing && group.behaviour == Behaviour::Honest;
        if has_magnets && has_nothing && !dice.one_in(3) {
            group.client.given = Given::Magnet;
        }
    }
    let is_steady = features.course == Course::Stays
        && features.theme.is_none()
        && !AGAINST_TRACKERLESS.iter().any(|feature| features.has(*feature));
    let Some((first, others)) = groups.split_first_mut().filter(|_| may_lack_tracker && is_steady) else {
        return;
    };
    first.client.pex = true;
    for group in others {
        group.client.pex = true;
        group.client.tracker = false;
        group.knows = Some(first.name.clone());
    }
}
