//! Small rounds drawn as tables: one peer a line, what is known of it, and whether it is to be unchoked.
//!
//! `*` is unchoked after the round, `o` optimistically, `.` is not; `?` may be either, where that is left to chance. Before
//! it stands the state before the round, in the same letters; after it `sent` and `took` in KiB of the last round, and `has`
//! in percent. Letters: `u` unchokes us, `i` has something for us, `n` snubs us, `w` has waited long.

use super::*;

const KIB: u64 = 1024;

struct Round {
    suitors: Vec<Suitor>,
    expected: Vec<char>,
}

fn round(table: &str) -> Round {
    let mut round = Round { suitors: Vec::new(), expected: Vec::new() };
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let mut states = words.next().unwrap().chars();
        let (before, after) = (states.next().unwrap(), states.next().unwrap());
        let mut one = Suitor {
            unchoked: before != '.',
            optimistic: before == 'o',
            interests_us: false,
            changed_at: Time::from_secs(90),
            ..suitor(round.suitors.len() as u32, 0, 0)
        };
        for word in words {
            let (key, value) = word.split_once('=').unwrap_or((word, "0"));
            let value: u64 = value.parse().unwrap();
            match key {
                "sent" => {
                    (one.downloaded_in_round_bytes, one.downloaded_bytes) = (value * KIB, 2 * value * KIB)
                }
                "took" => (one.uploaded_in_round_bytes, one.uploaded_bytes) = (value * KIB, 2 * value * KIB),
                "got" => one.uploaded_in_all_bytes = (1 << 30) / 100 * value,
                "has" => one.held_bytes = (1 << 30) / 100 * value,
                "u" => one.unchokes_us = true,
                "i" => one.interests_us = true,
                "n" => one.snubs_us = true,
                "w" => one.changed_at = Time::from_secs(10),
                other => panic!("{other}?"),
            }
        }
        round.expected.push(after);
        round.suitors.push(one);
    }
    round
}

/// Plays the round with several seeds, whether it is time for another optimistic unchoke or not.
fn assert_round(name: &str, slots: usize, rotate_optimistic: bool, table: &str) {
    let Round { suitors, expected } = round(table);
    let entry = leecher_by_name(name).or_else(|| seed_by_name(name)).unwrap();
    for seed in 0..20 {
        let view = ChokeView { rotate_optimistic, uplink_bytes_per_s: 100 * KIB, ..view(&suitors, slots) };
        let choice = (entry.make)().round(&view, &mut Rng::seed_from_u64(seed));
        let after: Vec<char> = (0..suitors.len() as u32)
            .map(|peer| match choice.unchoked.contains(&peer) {
                true if choice.optimistic == Some(peer) => 'o',
                true => '*',
                false => '.',
            })
            .collect();
        let fits = |(is, should): (&char, &char)| is == should || *should == '?';
        assert!(after.iter().zip(&expected).all(fits), "{name}, seed {seed}: {after:?} of{table}");
    }
}

#[test]
fn tit_for_tat_asks_what_was_sent() {
    assert_round(
        "tit-for-tat",
        3,
        false,
        "
        .* sent=90
        *? sent=10
        o* sent=40
        .? sent=20
        .? sent=99 n
        ",
    );
}

/// The first slot is free, the second is earned by 1 KiB/s, the third by 3, the fourth by 5: rounds take 10 s.
#[test]
fn rate_based_gives_as_many_slots_as_rates_bear() {
    assert_round("rate-based", 5, false, ".? took=9\n.? sent=1\n.? sent=2");
    let three = ".* took=10 sent=9\n.* took=30 sent=8\n.? took=49\n.? took=1\n.?";
    let Round { suitors, .. } = round(three);
    let mut choker = RateBased::new(TitForTat);
    let choice = choker.round(&view(&suitors, 1), &mut Rng::seed_from_u64(1));
    assert_eq!((choice.unchoked.len(), choker.slots(1)), (3, 3), "49, 30 and 10 KiB in 10 s: {choice:?}");
    assert_round("rate-based", 5, false, three);
    assert_round("rate-based", 5, false, ".? took=60\n.? took=60\n.? took=60\n.? took=60\n.? took=60");
}

#[test]
fn anti_leech_passes_over_who_can_trade() {
    assert_round(
        "anti-leech",
        3,
        false,
        "
        .* has=1
        *. has=40
        .* has=97
        oo has=60
        .. has=50
        ",
    );
    assert_round("anti-leech", 2, false, ".* has=2 w\n.. has=2\noo has=50");
    assert_round("anti-leech", 2, false, ".. has=0 got=45\n.* has=20\noo has=50");
}

#[test]
fn generous_asks_for_nothing_and_lets_others_in() {
    assert_round("generous", 2, false, "**\n.. sent=90\n**\n.. sent=10");
    assert_round("generous", 2, true, "*. sent=90\n.*\n*.\n.*");
    assert_round("generous", 4, true, "** sent=90\n.*\n**\n.*");
}

#[test]
fn the_free_rider_gives_nobody_anything() {
    assert_round("free-rider", 9, true, "*. sent=90 u i\n.. has=3");
}

#[test]
fn propshare_pays_all_who_gave_and_one_more() {
    assert_round("propshare", 2, false, ".* sent=90\n** sent=1\n.* sent=5\noo has=9\n.. has=9");
    assert_round("propshare", 4, true, ".* sent=90\n.?\n.?\n.?\n.?\n.?");
}

/// For an uplink of 100 KiB/s the mainline client had 7 slots, of 14 KiB/s: so seven are unchoked, and one more for the headroom.
#[test]
fn bittyrant_takes_the_best_return_first() {
    assert_round(
        "bittyrant",
        5,
        true,
        "
        ** sent=900 u i
        .* sent=700 u i
        .* sent=300 u i
        *. sent=1 u i
        .. sent=999 u
        .* i
        .* i
        .* i
        .* i
        .* i
        ..
        ",
    );
}
