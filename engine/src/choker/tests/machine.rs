//! Peers come, go, send, take, snub and lose interest, round after round; whom each choker unchokes is held against its
//! promise, stated anew for each pair of one who was chosen and one who was left out.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use rand::SeedableRng;

use crate::choker::{
    Choice, ChokeView, Choker, LEECHER_NAMES, SEED_NAMES, Suitor, leecher_by_name, seed_by_name,
};
use crate::random::Rng;
use crate::time::Time;

#[derive(Clone, Debug)]
enum Step {
    Arrive,
    Depart(Index),
    /// It wants something, or nothing any more.
    Interest(Index),
    Snub(Index),
    /// Few different amounts, so that ties are common.
    Traffic {
        peer: Index,
        down: u64,
        up: u64,
    },
    /// Ten seconds are over.
    Round,
    /// Free slots are given away between rounds.
    Vacancies,
    Slots(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let traffic = (any::<Index>(), 0..4_u64, 0..4_u64);
    let step = prop_oneof![
        4 => Just(Step::Arrive),
        1 => any::<Index>().prop_map(Step::Depart),
        2 => any::<Index>().prop_map(Step::Interest),
        1 => any::<Index>().prop_map(Step::Snub),
        6 => traffic.prop_map(|(peer, down, up)| Step::Traffic { peer, down, up }),
        6 => Just(Step::Round),
        2 => Just(Step::Vacancies),
        1 => (0..6_usize).prop_map(Step::Slots),
    ];
    prop::collection::vec(step, 0..120)
}

struct Machine {
    name: &'static str,
    choker: Box<dyn Choker>,
    now: Time,
    rounds: u32,
    slots: usize,
    /// With whether it is interested.
    peers: Vec<(Suitor, bool)>,
    arrived: u32,
    rng: Rng,
}

impl Machine {
    fn new(name: &'static str, seed: u64) -> Machine {
        let choker = leecher_by_name(name).or_else(|| seed_by_name(name)).unwrap();
        let rng = Rng::seed_from_u64(seed);
        Machine { name, choker, now: Time::ZERO, rounds: 0, slots: 3, peers: Vec::new(), arrived: 0, rng }
    }

    fn step(&mut self, step: &Step) {
        let peers = self.peers.len();
        match step {
            Step::Arrive => self.arrive(),
            Step::Round => self.round(),
            Step::Vacancies => self.fill_vacancies(),
            Step::Slots(slots) => self.slots = *slots,
            _ if peers == 0 => {}
            Step::Depart(peer) => drop(self.peers.remove(peer.index(peers))),
            Step::Snub(peer) => self.peers[peer.index(peers)].0.snubs_us ^= true,
            Step::Traffic { peer, down, up } => {
                let (suitor, _) = &mut self.peers[peer.index(peers)];
                (suitor.downloaded_bytes, suitor.uploaded_bytes) = (*down, *up);
            }
            Step::Interest(peer) => {
                let (suitor, interested) = &mut self.peers[peer.index(peers)];
                *interested ^= true;
                set_choking(suitor, true, self.now);
            }
        }
    }

    fn arrive(&mut self) {
        let suitor = Suitor {
            peer: self.arrived,
            unchoked: false,
            optimistic: false,
            snubs_us: false,
            downloaded_bytes: 0,
            uploaded_bytes: 0,
            connected_at: self.now,
            changed_at: self.now,
        };
        self.arrived += 1;
        self.peers.push((suitor, true));
    }

    fn suitors(&self) -> Vec<Suitor> {
        self.peers.iter().filter(|(_, interested)| *interested).map(|(suitor, _)| *suitor).collect()
    }

    fn round(&mut self) {
        self.now += Duration::from_secs(10);
        self.rounds += 1;
        let suitors = self.suitors();
        let rotate_optimistic = self.rounds.is_multiple_of(3);
        let view = ChokeView { now: self.now, slots: self.slots, suitors: &suitors, rotate_optimistic };
        let choice = self.choker.round(&view, &mut self.rng);
        check_every_choice(&view, &choice);
        match self.name {
            "tit-for-tat" => {
                check_optimistic(&view, &choice, |suitor| {
                    (suitor.snubs_us, u64::MAX - suitor.downloaded_bytes)
                });
            }
            "fastest-upload" => {
                check_optimistic(&view, &choice, |suitor| (false, u64::MAX - suitor.uploaded_bytes));
            }
            "round-robin" => check_turns(&view, &choice),
            other => panic!("what does {other} promise?"),
        }
        for (suitor, _) in &mut self.peers {
            suitor.optimistic = choice.optimistic == Some(suitor.peer);
            set_choking(suitor, !choice.unchoked.contains(&suitor.peer), self.now);
        }
    }

    fn fill_vacancies(&mut self) {
        loop {
            let suitors = self.suitors();
            let waiting: BTreeSet<u32> =
                suitors.iter().filter(|suitor| !suitor.unchoked).map(|suitor| suitor.peer).collect();
            if suitors.len() - waiting.len() >= self.slots {
                return;
            }
            let view =
                ChokeView { now: self.now, slots: self.slots, suitors: &suitors, rotate_optimistic: false };
            let chosen = self.choker.vacancy(&view, &mut self.rng);
            assert_eq!(chosen.is_none(), waiting.is_empty(), "a slot is given if somebody waits");
            let Some(chosen) = chosen else { return };
            assert!(waiting.contains(&chosen), "to one that waits");
            let all = self.peers.iter_mut().map(|(suitor, _)| suitor);
            all.filter(|suitor| suitor.peer == chosen)
                .for_each(|suitor| set_choking(suitor, false, self.now));
        }
    }
}

fn set_choking(suitor: &mut Suitor, choking: bool, now: Time) {
    if suitor.unchoked == choking {
        (suitor.unchoked, suitor.changed_at) = (!choking, now);
        suitor.optimistic &= !choking;
    }
}

/// S21: as many as there are slots, or all; nobody twice; nobody who does not want it.
fn check_every_choice(view: &ChokeView<'_>, choice: &Choice) {
    let suitors: BTreeSet<u32> = view.suitors.iter().map(|suitor| suitor.peer).collect();
    let unchoked: BTreeSet<u32> = choice.unchoked.iter().copied().collect();
    assert!(unchoked.is_subset(&suitors));
    assert_eq!(unchoked.len(), choice.unchoked.len(), "nobody twice");
    assert_eq!(unchoked.len(), view.slots.min(suitors.len()));
    assert!(choice.optimistic.is_none_or(|peer| unchoked.contains(&peer)));
}

/// Each suitor but the optimistic one with whether it was chosen.
fn judged<'a>(view: &ChokeView<'a>, choice: &Choice) -> (Vec<&'a Suitor>, Vec<&'a Suitor>) {
    let deserving =
        |suitor: &&Suitor| choice.unchoked.contains(&suitor.peer) && choice.optimistic != Some(suitor.peer);
    view.suitors.iter().partition(deserving)
}

/// All but one slot go to the best; one goes to somebody else, who keeps it until it is rotated, and does not get it
/// twice running.
fn check_optimistic(view: &ChokeView<'_>, choice: &Choice, rank: impl Fn(&Suitor) -> (bool, u64)) {
    let crowded = view.suitors.len() > view.slots;
    assert_eq!(choice.optimistic.is_some(), crowded && view.slots > 0);
    let (deserving, others) = judged(view, choice);
    let worst = deserving.iter().map(|suitor| rank(suitor)).max();
    let best = others.iter().map(|suitor| rank(suitor)).min();
    assert!(worst.zip(best).is_none_or(|(worst, best)| worst <= best), "{choice:?} of {:?}", view.suitors);
    let before = others.iter().find(|suitor| suitor.optimistic).map(|suitor| suitor.peer);
    if let Some(before) = before.filter(|_| choice.optimistic.is_some()) {
        assert_eq!(
            choice.optimistic == Some(before),
            !view.rotate_optimistic,
            "{choice:?} of {:?}",
            view.suitors
        );
    }
}

/// Turns of 30 s: who is in one stays; then come those who wait, in order of arrival; then those who had theirs.
fn check_turns(view: &ChokeView<'_>, choice: &Choice) {
    assert_eq!(choice.optimistic, None);
    let since = |suitor: &Suitor| view.now - suitor.changed_at;
    let in_turn = |suitor: &Suitor| suitor.unchoked && since(suitor) < Duration::from_secs(30);
    let (chosen, left_out) = judged(view, choice);
    for left_out in left_out {
        for chosen in &chosen {
            assert!(!in_turn(left_out) || in_turn(chosen), "{left_out:?} was cut short for {chosen:?}");
            let waits = |suitor: &Suitor| !suitor.unchoked;
            let had_its_turn = !waits(chosen) && !in_turn(chosen);
            assert!(!waits(left_out) || !had_its_turn, "{left_out:?} waits, {chosen:?} had its turn");
            let alike = (in_turn(left_out), waits(left_out)) == (in_turn(chosen), waits(chosen));
            assert!(!alike || since(chosen) >= since(left_out), "{chosen:?} overtook {left_out:?}");
        }
    }
}

proptest! {
    #[test]
    fn every_choker_keeps_its_promise(seed in any::<u64>(), steps in steps()) {
        for name in LEECHER_NAMES.iter().chain(SEED_NAMES) {
            let mut machine = Machine::new(name, seed);
            steps.iter().for_each(|step| machine.step(step));
        }
    }
}
