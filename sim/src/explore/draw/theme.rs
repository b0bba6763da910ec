//! Themes: what has to come together for something rare to happen.
//!
//! Features drawn each by itself meet in threes and fours, hardly ever in the one order and at the one moment that a rare
//! bug needs. So one scenario in a few is about something: whatever else it has, the theme bends it towards one
//! situation, in its own groups, at moments when there is much under way. None of them has a course of its own: the seed
//! stays.

use std::time::Duration;

use crate::scenario::{
    Access, Action, Behaviour, ClientSpec, Group, Has, HowMany, Moment, RateStep, RateSteps, Scenario,
    ScriptedEvent, Whom,
};

use super::dice::{Dice, two_digits};
use super::features::Feature;

/// The place of the seed's group, and of the first leechers'.
const SEED: usize = 0;
const LEECHERS: usize = 1;
/// One scenario in so many is about each theme.
const SCENARIOS_PER_THEME: u32 = 28;

/// What a scenario is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Downlinks that are hardly faster than what comes in change their rates while a segment passes.
    PassingRates,
    /// Acknowledgements that took a long way meet others that a partition has held.
    HeldAcknowledgements,
    /// A choke and the unchoke after it are both over before the requests of that time have arrived.
    FarChokes,
    /// Chokes meet full queues, in which some of the requests are for allowed pieces.
    FullQueues,
    /// Those who sent parts of bad pieces go while they are on parole.
    FlyingSuspects,
    /// Several that never send hold the last blocks, while the one who has them comes back.
    Snubs,
}

impl Theme {
    const ALL: [Theme; 6] = [
        Theme::PassingRates,
        Theme::HeldAcknowledgements,
        Theme::FarChokes,
        Theme::FullQueues,
        Theme::FlyingSuspects,
        Theme::Snubs,
    ];

    /// That of a seed: most have none.
    pub fn draw(seed: u64) -> Option<Theme> {
        let mut dice = Dice::new(seed, "theme");
        Theme::ALL.get(dice.whole(0..=SCENARIOS_PER_THEME - 1) as usize).copied()
    }

    /// Features that it has a version of its own of, or that would spoil it.
    pub fn against(self) -> &'static [Feature] {
        use Feature::*;
        match self {
            Theme::PassingRates => &[RateSteps, SharedLinks, Buffers, Collapses, Pauses],
            Theme::HeldAcknowledgements => &[PathDelay, Partitions, PathLoss, Pauses],
            Theme::FarChokes => &[WithoutFast, Slots, Connections, RequestQueues, PathDelay, Byzantine],
            Theme::FullQueues => &[WithoutFast, Slots, Connections, RequestQueues, Holdings, Byzantine],
            Theme::FlyingSuspects => &[Corruption, Connections, Unreachable, Resets],
            Theme::Snubs => &[Byzantine, Pauses, Connections, Unreachable, Arrivals],
        }
    }

    /// Features without which it is nothing.
    pub fn needs(self) -> &'static [Feature] {
        match self {
            Theme::FlyingSuspects => &[Feature::Byzantine],
            _ => &[],
        }
    }

    /// How many leechers it needs at least.
    pub fn leechers(self) -> u32 {
        match self {
            Theme::FarChokes | Theme::FullQueues => 4,
            Theme::FlyingSuspects => 3,
            _ => 1,
        }
    }

    /// How many pieces it needs at least.
    pub fn pieces(self) -> u32 {
        match self {
            // More than are allowed to those who are choked.
            Theme::FullQueues => 16,
            Theme::FarChokes => 8,
            _ => 1,
        }
    }

    /// How many blocks of a piece it needs at least.
    pub fn blocks(self) -> u32 {
        match self {
            Theme::FarChokes | Theme::FullQueues | Theme::FlyingSuspects => 2,
            _ => 1,
        }
    }

    /// How many seconds the seed's uplink needs for a copy, at least.
    pub fn copy_s(self) -> f64 {
        match self {
            Theme::PassingRates | Theme::HeldAcknowledgements | Theme::FlyingSuspects => 8.0,
            Theme::FarChokes | Theme::FullQueues => 20.0,
            Theme::Snubs => 1.0,
        }
    }

    /// When its last fault is over at the earliest, in seconds.
    pub fn heal_s(self) -> f64 {
        match self {
            Theme::FarChokes => 60.0,
            Theme::HeldAcknowledgements | Theme::FlyingSuspects => 30.0,
            // Longer than a client's patience.
            Theme::Snubs => 90.0,
            Theme::PassingRates | Theme::FullQueues => 10.0,
        }
    }

    /// Bends a scenario towards it. `copy_s` is what the seed's uplink needs for a copy, `heal_s` when all faults are over.
    pub fn bend(self, scenario: &mut Scenario, copy_s: f64, heal_s: f64) {
        let mut bend = Bend { dice: Dice::new(scenario.seed, "theme's"), scenario, copy_s, heal_s };
        match self {
            Theme::PassingRates => bend.passing_rates(),
            Theme::HeldAcknowledgements => bend.held_acknowledgements(),
            Theme::FarChokes => bend.far_chokes(),
            Theme::FullQueues => bend.full_queues(),
            Theme::FlyingSuspects => bend.flying_suspects(),
            Theme::Snubs => bend.snubs(),
        }
    }
}

struct Bend<'a> {
    dice: Dice,
    scenario: &'a mut Scenario,
    copy_s: f64,
    heal_s: f64,
}

impl Bend<'_> {
    /// The downlinks of leechers go up and down around the rate of the seed, every few segments.
    fn passing_rates(&mut self) {
        let source = self.scenario.groups[SEED].access.links(1)[0].up_bits_per_s as f64;
        let span_s = (2.0 * self.copy_s).min(self.heal_s * 0.8);
        for group in self.scenario.groups.iter_mut().filter(|group| is_leecher(group)) {
            let Access::Own(link) = &group.access else { continue };
            let (up, down) = (link.up_bits_per_s, link.down_bits_per_s);
            let count = self.dice.whole(8..=24);
            let mut at = Duration::ZERO;
            let mut steps = Vec::new();
            for number in 0..count {
                at += self.dice.span(span_s / f64::from(4 * count), span_s / f64::from(count));
                let factor = match number % 2 {
                    0 => self.dice.scale(0.3, 1.2),
                    _ => self.dice.scale(1.5, 8.0),
                };
                let rate = two_digits((source * factor).max(16e3));
                steps.push(RateStep { at, up_bits_per_s: None, down_bits_per_s: Some(rate) });
            }
            at += Duration::from_millis(500);
            steps.push(RateStep { at, up_bits_per_s: Some(up), down_bits_per_s: Some(down) });
            group.rates = RateSteps { trace: None, steps };
        }
    }

    /// The way back to a sender gets long, short again, and is cut while what went the long way is still under way.
    fn held_acknowledgements(&mut self) {
        let mut at = self.dice.scale(0.5, 4.0);
        for _ in 0..self.dice.whole(2..=4) {
            let from = self.dice.pick(&self.honest());
            let to = self.dice.pick(&[Some(SEED), None]).filter(|to| *to != from);
            let delay_s = self.dice.scale(0.5, 6.0);
            let lasts_s = self.dice.scale(0.2, 3.0);
            let cut_at = at + lasts_s - delay_s * 0.3 * self.dice.fraction();
            let cut_s = (delay_s * self.dice.scale(0.1, 0.7)).max(at + lasts_s - cut_at + 0.01);
            if cut_at + delay_s > self.heal_s * 0.9 {
                return;
            }
            let delay = seconds(delay_s);
            self.push(at, lasts_s, Action::Delay { from, to, delay });
            self.push(cut_at.max(at + 0.01), cut_s, Action::Partition { from, to, one_way: true });
            at += lasts_s + delay_s + self.dice.scale(0.1, self.copy_s / 4.0);
        }
    }

    /// Two rounds of the choker fit into a round trip, also among the leechers, who have much for each other; nobody speaks
    /// the fast extension.
    fn far_chokes(&mut self) {
        let near = &mut self.scenario.groups[LEECHERS];
        near.count = near.count.max(2);
        near.has = Has::Share(self.dice.share(30.0, 70.0));
        let far = Group { name: "far".to_owned(), ..near.clone() };
        self.scenario.groups.push(far);
        for group in &mut self.scenario.groups {
            group.client = ClientSpec {
                fast_extension: false,
                upload_slots: self.dice.pick(&[1, 1, 2]),
                ..group.client.clone()
            };
        }
        let at = self.dice.scale(1.0, 8.0);
        for from in self.honest() {
            let delay = seconds(self.dice.scale(5.0, 12.0));
            self.push(at, self.heal_s * 0.9 - at, Action::Delay { from, to: None, delay });
        }
    }

    /// Many who want much of a few slots, and have long queues.
    fn full_queues(&mut self) {
        for group in &mut self.scenario.groups {
            group.client.upload_slots = self.dice.pick(&[1, 1, 2]);
        }
    }

    /// Blocks get damaged wherever they can, and streams break.
    fn flying_suspects(&mut self) {
        let pieces = self.scenario.torrent.geometry().map_or(1, |geometry| geometry.piece_count);
        for group in &mut self.scenario.groups {
            match group.behaviour {
                Behaviour::Honest if group.has != Has::All => {
                    group.corrupt = Some(super::settings::corruption(&mut self.dice, pieces));
                }
                Behaviour::Honest => {}
                _ => (group.behaviour, group.has) = (Behaviour::Corrupts, Has::All),
            }
        }
        for _ in 0..self.dice.whole(4..=10) {
            let group = self.dice.whole(0..=self.scenario.groups.len() as u32 - 1) as usize;
            let how_many = self.dice.pick(&[HowMany::All, HowMany::Count(1), HowMany::Share(0.5)]);
            let at = self.dice.scale(1.0, self.heal_s * 0.9);
            self.push_for_good(at, Action::Reset(Whom { group, how_many }));
        }
    }

    /// Who has everything is frozen at first; those who never send are asked.
    fn snubs(&mut self) {
        for number in 1..=self.dice.whole(1..=2) {
            let mut rogues = self.scenario.groups[SEED].clone();
            rogues.name = format!("silent-{number}");
            rogues.behaviour =
                self.dice.pick(&[Behaviour::NeverSends, Behaviour::NeverSends, Behaviour::Trickles]);
            rogues.count = self.dice.whole(1..=3);
            self.scenario.groups.push(rogues);
        }
        let pieces = self.scenario.torrent.geometry().map_or(1, |geometry| geometry.piece_count);
        if pieces > 1 {
            self.scenario.groups[LEECHERS].has = Has::AllBut(1);
        }
        let at = self.dice.scale(0.01, 1.0);
        let lasts = self.dice.scale(40.0, self.heal_s - at - 1.0);
        let whom = Whom { group: SEED, how_many: HowMany::All };
        self.push(at, lasts, Action::Pause(whom));
    }

    /// The places of the groups of honest hosts.
    fn honest(&self) -> Vec<usize> {
        let groups = self.scenario.groups.iter().enumerate();
        groups.filter(|(_, group)| group.behaviour == Behaviour::Honest).map(|(place, _)| place).collect()
    }

    fn push(&mut self, at_s: f64, lasts_s: f64, action: Action) {
        self.add(at_s, Some(seconds(lasts_s)), action);
    }

    fn push_for_good(&mut self, at_s: f64, action: Action) {
        self.add(at_s, None, action);
    }

    fn add(&mut self, at_s: f64, lasts: Option<Duration>, action: Action) {
        let name = Some(format!("theme-{}", self.scenario.events.len() + 1));
        self.scenario.events.push(ScriptedEvent { name, moment: Moment::At(seconds(at_s)), lasts, action });
    }
}

fn is_leecher(group: &Group) -> bool {
    group.behaviour == Behaviour::Honest && group.has != Has::All
}

/// To two digits.
fn seconds(seconds: f64) -> Duration {
    Duration::from_millis(two_digits(seconds * 1e3))
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::super::features::Features;
    use super::*;

    #[test]
    fn each_theme_is_met_now_and_then_and_all_that_it_does_is_over_before_the_end() {
        for theme in Theme::ALL {
            let seeds: Vec<u64> =
                (0..400).filter(|seed| Features::draw(*seed).theme == Some(theme)).collect();
            assert!((3..30).contains(&seeds.len()), "{theme:?} in {} of 400", seeds.len());
            for scenario in seeds.into_iter().map(draw) {
                let end = scenario.stop.at - Duration::from_secs(20 * 60);
                for event in &scenario.events {
                    let Moment::At(at) = event.moment else { continue };
                    let lasts = event.lasts.unwrap_or_default();
                    assert!(at + lasts < end, "{}: {event:?}", scenario.name);
                }
            }
        }
    }
}
