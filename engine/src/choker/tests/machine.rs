//! Peers come, go, send, take, snub and lose interest, round after round; whom each choker unchokes is held against its
//! promise, stated anew for each pair of one who was chosen and one who was left out.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use rand::SeedableRng;

use crate::choker::registry::{Entry, LEECHERS, SEEDS};
use crate::choker::{Choice, ChokeView, Choker, Merit, Slots, Suitor, Turn};
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
    entry: &'static Entry,
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
    fn new(entry: &'static Entry, seed: u64) -> Machine {
        let (choker, rng) = ((entry.make)(), Rng::seed_from_u64(seed));
        Machine { entry, choker, now: Time::ZERO, rounds: 0, slots: 3, peers: Vec::new(), arrived: 0, rng }
    }

    fn step(&mut self, step: &Step) {
        let peers = self.peers.len();
        match step {
            Step::Arrive => self.arrive(),
            Step::Round => self.round(),
            Step::Vacancies => self.fill_vacancies(),
            Step::Slots(slots) => self.slots = *slots,
            _ if peers == 0 => {}
            Step::Depart(peer) => {
                let (suitor, _) = self.peers.remove(peer.index(peers));
                self.choker.forget(suitor.peer);
                assert_eq!(self.choker.limit(suitor.peer), None, "a limit outlives its peer");
            }
            Step::Snub(peer) => self.peers[peer.index(peers)].0.snubs_us ^= true,
            Step::Traffic { peer, down, up } => {
                let (suitor, _) = &mut self.peers[peer.index(peers)];
                (suitor.downloaded_bytes, suitor.uploaded_bytes) = (*down, *up);
                (suitor.downloaded_in_round_bytes, suitor.uploaded_in_round_bytes) = (down / 2, up / 2);
                suitor.unchokes_us = *down > 1;
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
            unchokes_us: false,
            interests_us: true,
            snubs_us: false,
            downloaded_bytes: 0,
            downloaded_in_round_bytes: 0,
            uploaded_bytes: 0,
            uploaded_in_round_bytes: 0,
            uploaded_in_all_bytes: 0,
            held_bytes: 0,
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
        let view = self.view(&suitors, rotate_optimistic);
        let choice = self.choker.round(&view, &mut self.rng);
        check_every_choice(self.entry, &view, &choice);
        // What it makes of the slots that it has given out, however many it found right.
        let view = ChokeView { slots: self.choker.slots(self.slots), ..view };
        match self.entry.promise.merit {
            Some(Merit::Sent) => check_optimistic(&view, &choice, |suitor| {
                (suitor.snubs_us, u64::MAX - suitor.downloaded_bytes)
            }),
            Some(Merit::Taken) => {
                check_optimistic(&view, &choice, |suitor| (false, u64::MAX - suitor.uploaded_bytes));
            }
            None => {}
        }
        if self.entry.promise.turn == Turn::Queue {
            check_turns(&view, &choice);
        }
        for (suitor, _) in &mut self.peers {
            suitor.optimistic = choice.optimistic == Some(suitor.peer);
            set_choking(suitor, !choice.unchoked.contains(&suitor.peer), self.now);
        }
    }

    /// An uplink that grows, and is full every other round.
    fn view<'a>(&self, suitors: &'a [Suitor], rotate_optimistic: bool) -> ChokeView<'a> {
        ChokeView {
            now: self.now,
            slots: self.slots,
            suitors,
            rotate_optimistic,
            interval: Duration::from_secs(10),
            uplink_bytes_per_s: u64::from(self.rounds) * 1_000,
            is_backed_up: self.rounds.is_multiple_of(2),
            torrent_bytes: 4,
        }
    }

    fn fill_vacancies(&mut self) {
        loop {
            let suitors = self.suitors();
            let waiting: BTreeSet<u32> =
                suitors.iter().filter(|suitor| !suitor.unchoked).map(|suitor| suitor.peer).collect();
            if suitors.len() - waiting.len() >= self.choker.slots(self.slots) {
                return;
            }
            let view = self.view(&suitors, false);
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

/// S21: as many as there are slots, or all, unless the choker decides itself; nobody twice; nobody who does not want it.
fn check_every_choice(entry: &Entry, view: &ChokeView<'_>, choice: &Choice) {
    let suitors: BTreeSet<u32> = view.suitors.iter().map(|suitor| suitor.peer).collect();
    let unchoked: BTreeSet<u32> = choice.unchoked.iter().copied().collect();
    assert!(unchoked.is_subset(&suitors));
    assert_eq!(unchoked.len(), choice.unchoked.len(), "nobody twice");
    match entry.promise.slots {
        Slots::Configured => assert_eq!(unchoked.len(), view.slots.min(suitors.len())),
        Slots::Own => assert_eq!(unchoked.is_empty(), view.slots.min(suitors.len()) == 0),
        Slots::None => assert!(unchoked.is_empty()),
    }
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
        for entry in LEECHERS.iter().chain(SEEDS) {
            let mut machine = Machine::new(entry, seed);
            steps.iter().for_each(|step| machine.step(step));
        }
    }
}
