//! What goes wrong: one to three events of each kind of fault that the scenario has.
//!
//! Every fault that can be undone is, before the scenario's heal time. Moments and lengths are drawn on a logarithmic
//! scale, since a small swarm does most of what it does in the first seconds. The seed is spared what could take its copy
//! away for good, or cost it the trust of others: it doesn't leave, a crash leaves it its disk, and the disk neither lies
//! nor fails. There is one exception: in an *exodus* it leaves when everybody else together has a copy, so that no single
//! seed is left; what else could take pieces away, or keep peers apart, is left out of such a scenario.

use std::time::Duration;

use crate::scenario::{
    Action, Behaviour, Condition, DiskFault, Group, HowMany, Keeps, Moment, RateTarget, ScriptedEvent,
    SharedLinkSpec, TrackerFault, Whom,
};

use super::dice::{Dice, two_digits};
use super::features::{Course, Feature, Features};

/// The group of the seed is the first.
const SEED: usize = 0;

const KINDS: [Feature; 10] = [
    Feature::Partitions,
    Feature::PathLoss,
    Feature::PathDelay,
    Feature::Collapses,
    Feature::Crashes,
    Feature::Leaves,
    Feature::Pauses,
    Feature::Resets,
    Feature::TrackerFaults,
    Feature::DiskFaults,
];

/// All events.
pub fn draw(
    seed: u64,
    features: &Features,
    groups: &[Group],
    links: &[SharedLinkSpec],
    heal_s: f64,
) -> Vec<ScriptedEvent> {
    let mut faults = Faults {
        dice: Dice::new(seed, "faults"),
        groups,
        links,
        heal_s,
        is_exodus: features.course == Course::Exodus,
        events: Vec::new(),
        begins_s: Vec::new(),
    };
    match features.course {
        Course::Stays => {}
        Course::Eclipse => faults.eclipse(),
        Course::Exodus => faults.exodus(),
    }
    for kind in KINDS.into_iter().filter(|kind| features.has(*kind)) {
        for _ in 0..faults.dice.pick(&[1, 1, 1, 2, 2, 3]) {
            faults.fault(kind, features.has(Feature::Conditions));
        }
    }
    faults.events
}

struct Faults<'a> {
    dice: Dice,
    groups: &'a [Group],
    links: &'a [SharedLinkSpec],
    heal_s: f64,
    is_exodus: bool,
    events: Vec<ScriptedEvent>,
    /// When each event begins; for those that wait for a condition no time is known.
    begins_s: Vec<Option<f64>>,
}

impl Faults<'_> {
    /// The only full copy is away from early on, for long: what the others have among them they share, then they wait.
    fn eclipse(&mut self) {
        let at = self.dice.span(0.2, self.heal_s / 8.0);
        let lasts = self.dice.span(self.heal_s / 8.0, self.heal_s * 0.8);
        let crash = Action::Crash {
            whom: Whom { group: SEED, how_many: HowMany::All },
            silent: self.dice.one_in(2),
            keeps: Keeps::Everything,
        };
        self.push(Moment::At(at), at.as_secs_f64(), Some(lasts), crash);
    }

    /// The only full copy goes for good, as soon as its pieces are all among the others.
    fn exodus(&mut self) {
        let leave = Action::Leave(Whom { group: SEED, how_many: HowMany::All });
        self.push(Moment::When(Condition::Spread(1)), 0.0, None, leave);
    }

    fn fault(&mut self, kind: Feature, conditions: bool) {
        let action = self.action(kind);
        let (moment, begins_s) = self.moment(conditions);
        let left_s = self.heal_s - begins_s;
        let lasts = self.dice.span(left_s.min(0.1), left_s * 0.95);
        let is_for_good = match action {
            Action::Leave(_) | Action::Reset(_) => true,
            // Some never come back.
            Action::Crash { whom, .. } => whom.group != SEED && self.dice.one_in(4),
            _ => false,
        };
        let Some(action) = (if is_for_good { self.sparing(action) } else { Some(action) }) else { return };
        self.push(moment, begins_s, (!is_for_good).then_some(lasts), action);
    }

    /// The same, but somebody of the group stays, so that there is a swarm left to look at; nothing where the group is one
    /// host.
    fn sparing(&mut self, action: Action) -> Option<Action> {
        let mut spare = |whom: Whom| {
            let count = self.groups[whom.group].count;
            (count > 1).then(|| Whom { how_many: HowMany::Count(self.dice.whole(1..=count / 2)), ..whom })
        };
        match action {
            Action::Leave(whom) => spare(whom).map(Action::Leave),
            Action::Crash { whom, silent, keeps } => {
                spare(whom).map(|whom| Action::Crash { whom, silent, keeps })
            }
            other => Some(other),
        }
    }

    /// A moment, and when it is at the earliest.
    fn moment(&mut self, conditions: bool) -> (Moment, f64) {
        let any = Moment::At(self.dice.span(0.1, self.heal_s * 0.8));
        let moment = match conditions {
            true => match self.dice.whole(0..=4) {
                0 => Moment::When(self.condition()),
                1 | 2 => self.after().unwrap_or(any),
                _ => any,
            },
            false => any,
        };
        let begins_s = match moment {
            Moment::At(at) => at.as_secs_f64(),
            Moment::After { event, delay } => self.begins_s[event].unwrap_or(0.0) + delay.as_secs_f64(),
            // Most conditions hold soon or never; the fault is short in any case.
            Moment::When(_) => self.heal_s * 0.75,
        };
        (moment, begins_s)
    }

    /// After one of the events so far, if one began early enough.
    fn after(&mut self) -> Option<Moment> {
        let early = |(event, begins): (usize, &Option<f64>)| {
            begins.filter(|begins_s| *begins_s < self.heal_s / 2.0).map(|begins_s| (event, begins_s))
        };
        let choices: Vec<(usize, f64)> = self.begins_s.iter().enumerate().filter_map(early).collect();
        if choices.is_empty() {
            return None;
        }
        let (event, begins_s) = self.dice.pick(&choices);
        let delay = self.dice.span(0.01, (self.heal_s - begins_s) / 2.0);
        Some(Moment::After { event, delay })
    }

    fn condition(&mut self) -> Condition {
        let share = self.dice.pick(&[0.1, 0.25, 0.5, 0.75, 1.0]);
        let copies = self.dice.pick(&[0.1, 0.5, 0.9, 1.0, 1.1, 2.0]);
        let spread = self.dice.pick(&[1, 1, 2]);
        self.dice.pick(&[Condition::Complete(share), Condition::Copies(copies), Condition::Spread(spread)])
    }

    fn push(&mut self, moment: Moment, begins_s: f64, lasts: Option<Duration>, action: Action) {
        let is_known = !matches!(moment, Moment::When(_));
        self.begins_s.push(is_known.then_some(begins_s));
        let name = Some(format!("fault-{}", self.events.len() + 1));
        self.events.push(ScriptedEvent { name, moment, lasts, action });
    }

    /// What happens.
    fn action(&mut self, kind: Feature) -> Action {
        let from = self.group(true);
        let to = if self.dice.one_in(2) { None } else { Some(self.group(true)) };
        let whom = self.whom(true);
        let dice = &mut self.dice;
        match kind {
            Feature::Partitions => Action::Partition { from, to, one_way: dice.one_in(2) },
            Feature::PathLoss => Action::Loss { from, to, loss: dice.pick(&[0.01, 0.05, 0.2, 0.5, 1.0]) },
            Feature::PathDelay => Action::Delay { from, to, delay: dice.span(0.05, 20.0) },
            Feature::Collapses => self.collapse(from),
            Feature::Crashes => {
                let silent = dice.one_in(2);
                let keeps = dice.pick(&[Keeps::Everything, Keeps::Synced, Keeps::Nothing]);
                let keeps = if whom.group == SEED && keeps == Keeps::Nothing { Keeps::Synced } else { keeps };
                Action::Crash { whom, silent, keeps }
            }
            Feature::Leaves => Action::Leave(self.whom(false)),
            Feature::Pauses => Action::Pause(whom),
            Feature::Resets => Action::Reset(whom),
            Feature::TrackerFaults => {
                use TrackerFault::{Down, Empty, Error, Garbage, Slow};
                Action::Tracker(dice.pick(&[Down, Error, Garbage, Empty, Slow]))
            }
            _ => self.disk_fault(whom),
        }
    }

    /// A link falls to something between a hundredth of its rate and a half.
    fn collapse(&mut self, group: usize) -> Action {
        let (target, up, down) = match self.links {
            [_, ..] if self.dice.one_in(2) => {
                let link = self.dice.whole(0..=self.links.len() as u32 - 1) as usize;
                (RateTarget::Link(link), self.links[link].up_bits_per_s, self.links[link].down_bits_per_s)
            }
            _ => {
                let link = &self.groups[group].access.links(1)[0];
                (RateTarget::Peers(group), link.up_bits_per_s, link.down_bits_per_s)
            }
        };
        let factor = self.dice.scale(0.01, 0.5);
        let rate = |bits_per_s: u64| Some(two_digits((bits_per_s as f64 * factor).max(1e3)));
        let (up, down) = self.dice.pick(&[(rate(up), rate(down)), (rate(up), None), (None, rate(down))]);
        Action::Rates { target, up_bits_per_s: up, down_bits_per_s: down }
    }

    fn disk_fault(&mut self, whom: Whom) -> Action {
        let slow = DiskFault::Slow(self.dice.span(0.005, 2.0));
        // A disk that fails while it is checked ends a client for good, and one that lies is not believed again.
        let loses_pieces = whom.group == SEED || self.is_exodus;
        let fault = match loses_pieces {
            true => self.dice.pick(&[DiskFault::Full, slow]),
            false => self.dice.pick(&[DiskFault::Full, slow, DiskFault::Error, DiskFault::Lying]),
        };
        Action::Disk { whom, fault }
    }

    fn whom(&mut self, or_seed: bool) -> Whom {
        let group = self.group(or_seed);
        let count = self.dice.whole(1..=self.groups[group].count.max(1));
        let share = self.dice.pick(&[0.3, 0.5, 0.7]);
        Whom {
            group,
            how_many: self.dice.pick(&[HowMany::All, HowMany::Count(count), HowMany::Share(share)]),
        }
    }

    /// The place of a group of honest hosts, most often; nothing is learnt from a fault of those who are one.
    fn group(&mut self, or_seed: bool) -> usize {
        let fits = |(place, group): (usize, &Group)| {
            let is_wanted = or_seed || place != SEED;
            (is_wanted && group.behaviour == Behaviour::Honest).then_some(place)
        };
        let choices: Vec<usize> = self.groups.iter().enumerate().filter_map(fits).collect();
        self.dice.pick(&choices)
    }
}
