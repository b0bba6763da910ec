//! Which features a scenario has.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::theme::Theme;

/// What a scenario may have besides a seed, leechers and ordinary links. Each is left out of half of all scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// A piece length that is no multiple of 16 KiB.
    OddPieces,
    /// Latencies that differ, or are extreme.
    Latency,
    /// Jitter and asymmetry.
    Jitter,
    /// Packets lost on all paths, or on the links of a group.
    Loss,
    /// Segments, send buffers and receive windows of other sizes.
    Buffers,
    /// Queues of other sizes, with other disciplines.
    Queues,
    /// Links that groups share.
    SharedLinks,
    /// Groups with links of their own, much slower and much faster.
    UnequalLinks,
    /// Links whose rates change by a plan.
    RateSteps,
    /// Hosts that take no inbound connection.
    Unreachable,
    /// Several groups of leechers.
    Groups,
    /// Leechers that start with something, and further seeds.
    Holdings,
    /// Other pickers and chokers.
    Selectors,
    /// Fewer upload slots.
    Slots,
    /// Fewer connections.
    Connections,
    /// Fewer requests of a peer held.
    RequestQueues,
    /// Groups without the fast extension.
    WithoutFast,
    /// Another interval of announces, and short answers.
    Tracker,
    /// Leechers that come one after the other.
    Arrivals,
    /// Leechers that leave when they are complete.
    Departures,
    /// Leechers that give up, and come back.
    Aborts,
    /// Peers that break a rule.
    Byzantine,
    /// Honest peers that send a damaged block.
    Corruption,
    /// Nothing passes between groups.
    Partitions,
    /// Packets are lost between groups.
    PathLoss,
    /// Packets take longer between groups.
    PathDelay,
    /// Links break down to a fraction.
    Collapses,
    /// Hosts crash.
    Crashes,
    /// Leechers leave.
    Leaves,
    /// Processes freeze.
    Pauses,
    /// Streams are reset.
    Resets,
    /// The tracker fails.
    TrackerFaults,
    /// Disks fail.
    DiskFaults,
    /// Faults that wait for other faults, or for the state of the swarm.
    Conditions,
}

impl Feature {
    /// Every one.
    pub const ALL: [Feature; 34] = {
        use Feature::*;
        [
            OddPieces,
            Latency,
            Jitter,
            Loss,
            Buffers,
            Queues,
            SharedLinks,
            UnequalLinks,
            RateSteps,
            Unreachable,
            Groups,
            Holdings,
            Selectors,
            Slots,
            Connections,
            RequestQueues,
            WithoutFast,
            Tracker,
            Arrivals,
            Departures,
            Aborts,
            Byzantine,
            Corruption,
            Partitions,
            PathLoss,
            PathDelay,
            Collapses,
            Crashes,
            Leaves,
            Pauses,
            Resets,
            TrackerFaults,
            DiskFaults,
            Conditions,
        ]
    };

    /// What could take the last copy of a piece along, or keep those who have it from those who lack it.
    const AGAINST_EXODUS: [Feature; 8] = {
        use Feature::*;
        [Unreachable, Connections, Departures, Aborts, Byzantine, Corruption, Crashes, Leaves]
    };

    /// What keeps a path from being filled.
    const AGAINST_DEPTH: [Feature; 9] = {
        use Feature::*;
        [Latency, Jitter, Loss, Buffers, Queues, SharedLinks, UnequalLinks, RateSteps, Groups]
    };
}

/// What becomes of the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It is there from the beginning to the end, faults apart.
    Stays,
    /// It is away for long: nobody has everything, and then somebody has again.
    Eclipse,
    /// It leaves when the others have one copy of every piece among them: no single seed is left, and the union is full.
    Exodus,
}

/// The features of one scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    present: BTreeSet<Feature>,
    /// What becomes of the seed.
    pub course: Course,
    /// The run goes on when all are complete.
    pub has_quiet_end: bool,
    /// Much content, and a path that takes much to fill: requests pile up to their limit.
    pub is_deep: bool,
    /// More peers than a client dials at a time.
    pub is_crowded: bool,
    /// What it is about.
    pub theme: Option<Theme>,
}

impl Features {
    /// How many there are is evenly distributed, from none to all, and which ones is up to chance. So every feature is in
    /// half of the scenarios, and every set of features is in some: with a fixed probability for each, a scenario with
    /// one or two of them would be as rare as one with all.
    pub fn draw(seed: u64) -> Features {
        let mut dice = Dice::new(seed, "features");
        let density = dice.fraction();
        let mut present: BTreeSet<Feature> =
            Feature::ALL.into_iter().filter(|_| dice.fraction() < density).collect();
        let course = match dice.whole(0..=9) {
            0 => Course::Eclipse,
            1 => Course::Exodus,
            _ => Course::Stays,
        };
        if course == Course::Exodus {
            present.retain(|feature| !Feature::AGAINST_EXODUS.contains(feature));
        }
        let has_quiet_end = dice.one_in(4);
        let is_deep = course == Course::Stays && dice.one_in(64);
        if is_deep {
            present.retain(|feature| !Feature::AGAINST_DEPTH.contains(feature));
        }
        let is_crowded = !is_deep && dice.one_in(64);
        let is_plain = course == Course::Stays && !is_deep && !is_crowded;
        let theme = Theme::draw(seed).filter(|_| is_plain);
        if let Some(theme) = theme {
            present.retain(|feature| !theme.against().contains(feature));
            present.extend(theme.needs());
        }
        Features { present, course, has_quiet_end, is_deep, is_crowded, theme }
    }

    /// Whether the scenario has it.
    pub fn has(&self, feature: Feature) -> bool {
        self.present.contains(&feature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_is_in_half_of_the_scenarios_and_some_have_only_one() {
        const SEEDS: u64 = 4_000;
        let drawn: Vec<Features> = (0..SEEDS).map(Features::draw).collect();
        for feature in Feature::ALL {
            let with = drawn.iter().filter(|features| features.has(feature)).count() as u64;
            // A tenth of the scenarios is an exodus, and some have a theme, which some features would spoil.
            assert!(with.abs_diff(SEEDS / 2) < SEEDS / 8, "{feature:?} in {with} of {SEEDS}");
            let alone = drawn.iter().any(|features| features.present.len() <= 3 && features.has(feature));
            assert!(alone, "{feature:?} is never nearly alone");
        }
    }
}
