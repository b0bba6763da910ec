//! Which tracker is asked next (BEP 12).
//!
//! Tiers are tried in their order, and so are the trackers of a tier, which were shuffled once. One that answers moves to
//! the front of its tier; one that doesn't rests, so that the next question passes it by. Nobody is asked twice before
//! everybody was who does not rest: else two that are silent for longer than they rest would keep a third from its turn.

use std::time::Duration;

use crate::random::{Rng, below};
use crate::time::Time;

/// After a failure a tracker rests so long; twice as long after each further one in a row.
const BACK_OFF: Duration = Duration::from_secs(15);
/// The longest rest.
const BACK_OFF_MAX: Duration = Duration::from_secs(30 * 60);

/// A tracker, by its place in the torrent's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TrackerAt(usize);

/// The trackers of a torrent.
#[derive(Debug)]
pub(super) struct Tiers {
    trackers: Vec<Tracker>,
    order: Vec<Vec<TrackerAt>>,
    /// Announces that were accepted.
    answers: u64,
}

/// What a torrent knows of one of its trackers.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    pub url: String,
    /// As it wants to be told with the next announce.
    pub id: Option<Vec<u8>>,
    /// It has accepted an announce, and was not told that we leave.
    pub knows_us: bool,
    /// How many announces had been accepted, this one counted, when it accepted its last.
    answered: u64,
    failures: u32,
    rests_until: Time,
    /// It has failed since one has answered last, and others are to be asked first.
    was_tried: bool,
}

impl Tiers {
    /// These trackers. Chance is asked only where there is something to shuffle.
    pub fn new(tiers: &[Vec<String>], rng: &mut Rng) -> Tiers {
        let (mut trackers, mut order) = (Vec::new(), Vec::new());
        for tier in tiers {
            let first = trackers.len();
            trackers.extend(tier.iter().map(|url| Tracker { url: url.clone(), ..Tracker::default() }));
            let mut places: Vec<TrackerAt> = (first..trackers.len()).map(TrackerAt).collect();
            for at in (1..places.len()).rev() {
                places.swap(at, below(rng, at as u32 + 1) as usize);
            }
            order.push(places);
        }
        Tiers { trackers, order, answers: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.trackers.is_empty()
    }

    pub fn tracker(&self, at: TrackerAt) -> &Tracker {
        &self.trackers[at.0]
    }

    /// Who knows us, those first who have answered last.
    pub fn who_know_us(&self) -> Vec<TrackerAt> {
        let all = (0..self.trackers.len()).map(TrackerAt);
        let mut known: Vec<TrackerAt> = all.filter(|at| self.tracker(*at).knows_us).collect();
        known.sort_by_key(|at| std::cmp::Reverse(self.tracker(*at).answered));
        known
    }

    /// Whom to ask: the first who does not rest, and was not tried yet if there is such a one.
    pub fn next(&mut self, now: Time) -> Option<TrackerAt> {
        let is_awake = |at: &TrackerAt| self.trackers[at.0].rests_until <= now;
        let mut awake = self.order.iter().flatten().copied().filter(is_awake);
        let first = awake.clone().next()?;
        let untried = awake.find(|at| !self.trackers[at.0].was_tried);
        if untried.is_none() {
            self.begin_anew();
        }
        Some(untried.unwrap_or(first))
    }

    /// When the first of those who rest may be asked again.
    pub fn wakes_at(&self) -> Option<Time> {
        self.trackers.iter().map(|tracker| tracker.rests_until).min()
    }

    /// There is news: nobody rests.
    pub fn wake(&mut self) {
        self.trackers.iter_mut().for_each(|tracker| tracker.rests_until = Time::ZERO);
        self.begin_anew();
    }

    fn begin_anew(&mut self) {
        self.trackers.iter_mut().for_each(|tracker| tracker.was_tried = false);
    }

    /// It has accepted an announce.
    pub fn answered(&mut self, at: TrackerAt, id: Option<Vec<u8>>, knows_us: bool) {
        self.begin_anew();
        self.answers += 1;
        let tracker = &mut self.trackers[at.0];
        // BEP 3: what it gave before counts until it gives another.
        let id = id.or(tracker.id.take());
        let (url, answered) = (std::mem::take(&mut tracker.url), self.answers);
        *tracker = Tracker { url, id, knows_us, answered, ..Tracker::default() };
        for tier in &mut self.order {
            if let Some(place) = tier.iter().position(|other| *other == at) {
                tier[..=place].rotate_right(1);
            }
        }
    }

    /// It has not.
    pub fn failed(&mut self, at: TrackerAt, now: Time) {
        let tracker = &mut self.trackers[at.0];
        let rest = BACK_OFF * 2u32.pow(tracker.failures.min(16));
        tracker.failures += 1;
        tracker.rests_until = now + rest.min(BACK_OFF_MAX);
        tracker.was_tried = true;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;
    use crate::random::Rng;

    fn tiers(of: &[&[&str]], seed: u64) -> Tiers {
        let of: Vec<Vec<String>> =
            of.iter().map(|tier| tier.iter().map(|url| (*url).to_owned()).collect()).collect();
        Tiers::new(&of, &mut Rng::seed_from_u64(seed))
    }

    fn urls(tiers: &Tiers) -> Vec<&str> {
        tiers.order.iter().flatten().map(|at| &*tiers.tracker(*at).url).collect()
    }

    #[test]
    fn a_tier_is_shuffled_and_the_tiers_are_not() {
        let orders: BTreeSet<String> = (0..100)
            .map(|seed| urls(&tiers(&[&["a", "b", "c"], &["d"], &["e", "f"]], seed)).concat())
            .collect();
        assert_eq!(orders.len(), 12, "3! times 2!");
        assert!(orders.iter().all(|order| order[..3].find(['d', 'e', 'f']).is_none() && &order[3..4] == "d"));
    }

    #[test]
    fn where_there_is_nothing_to_shuffle_chance_is_not_asked() {
        let (mut asked, untouched) = (Rng::seed_from_u64(1), Rng::seed_from_u64(1));
        Tiers::new(&[vec!["a".into()], vec![], vec!["b".into()]], &mut asked);
        assert_eq!(asked, untouched);
    }

    #[test]
    fn who_answers_comes_to_the_front_of_its_tier_and_the_others_keep_their_order() {
        let mut tiers = tiers(&[&["a"], &["b", "c", "d"]], 3);
        let before: Vec<String> = urls(&tiers).into_iter().map(str::to_owned).collect();
        let last = tiers.order[1][2];
        tiers.answered(last, None, true);
        assert_eq!(urls(&tiers), [&*before[0], &*before[3], &*before[1], &*before[2]]);
        assert!(tiers.tracker(last).knows_us);
    }

    #[test]
    fn a_tracker_keeps_its_id_until_it_gives_another() {
        let mut tiers = tiers(&[&["a"]], 1);
        let at = TrackerAt(0);
        for (given, kept) in [(None, None), (Some("x"), Some("x")), (None, Some("x")), (Some("y"), Some("y"))]
        {
            tiers.answered(at, given.map(|id| id.as_bytes().to_vec()), true);
            assert_eq!(tiers.tracker(at).id.as_deref(), kept.map(str::as_bytes));
        }
    }

    proptest! {
        /// Against the plain rule: of those whose rest is over the first that was not tried, in the order of who answered
        /// last.
        #[test]
        fn the_first_who_does_not_rest_is_asked(
            steps in prop::collection::vec((0u64..120, any::<bool>(), 0u8..20), 0..60),
        ) {
            let mut tiers = tiers(&[&["a"], &["b", "c"], &["d", "e", "f"]], 5);
            let mut tried = BTreeSet::new();
            let mut model: Vec<(usize, String, u64, u32)> = tiers
                .order
                .iter()
                .enumerate()
                .flat_map(|(number, tier)| tier.iter().map(move |at| (number, *at)))
                .map(|(tier, at)| (tier, tiers.tracker(at).url.clone(), 0, 0))
                .collect();
            let mut now = 0;
            for (seconds, answers, news) in steps {
                now += seconds;
                if news == 0 {
                    tiers.wake();
                    model.iter_mut().for_each(|tracker| tracker.2 = 0);
                    tried.clear();
                }
                if model.iter().all(|tracker| tracker.2 > now || tried.contains(&tracker.1))
                    && model.iter().any(|tracker| tracker.2 <= now)
                {
                    tried.clear();
                }
                let expected =
                    model.iter().position(|tracker| tracker.2 <= now && !tried.contains(&tracker.1));
                let at = tiers.next(Time::from_secs(now));
                prop_assert_eq!(at.map(|at| &*tiers.tracker(at).url), expected.map(|at| &*model[at].1));
                let (Some(at), Some(place)) = (at, expected) else {
                    let wakes = model.iter().map(|tracker| tracker.2).min().unwrap();
                    prop_assert_eq!(tiers.wakes_at(), Some(Time::from_secs(wakes)));
                    continue;
                };
                if answers {
                    tiers.answered(at, None, true);
                    let (tier, url, ..) = model.remove(place);
                    let front = model.iter().position(|tracker| tracker.0 >= tier).unwrap_or(model.len());
                    model.insert(front, (tier, url, 0, 0));
                    tried.clear();
                } else {
                    tiers.failed(at, Time::from_secs(now));
                    model[place].2 = now + (15 << model[place].3.min(16)).min(1_800);
                    model[place].3 += 1;
                    tried.insert(model[place].1.clone());
                }
            }
        }
    }
}
