//! All chokers, by the names by which a configuration or a scenario asks for them.

use super::promise::Promise;
use super::{
    Choker, anti_leech, bit_tyrant, fastest_upload, free_rider, generous, prop_share, rate_based,
    round_robin, tit_for_tat,
};

/// One choker.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Its rule, in a sentence.
    pub rule: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// What it promises.
    pub promise: Promise,
    /// Makes one that remembers nothing yet.
    pub make: fn() -> Box<dyn Choker>,
}

/// The chokers for leechers; the first is the default.
pub const LEECHERS: &[Entry] = &[
    tit_for_tat::ENTRY,
    rate_based::FOR_LEECHERS,
    round_robin::ENTRY,
    fastest_upload::ENTRY,
    bit_tyrant::ENTRY,
    prop_share::ENTRY,
    generous::ENTRY,
    free_rider::ENTRY,
];

/// The chokers for seeds; the first is the default.
pub const SEEDS: &[Entry] = &[
    round_robin::ENTRY,
    fastest_upload::ENTRY,
    rate_based::FOR_SEEDS,
    anti_leech::ENTRY,
    generous::ENTRY,
    free_rider::ENTRY,
];

/// The names of [`LEECHERS`].
pub const LEECHER_NAMES: &[&str] = &names::<{ LEECHERS.len() }>(LEECHERS);

/// The names of [`SEEDS`].
pub const SEED_NAMES: &[&str] = &names::<{ SEEDS.len() }>(SEEDS);

const fn names<const N: usize>(registry: &[Entry]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = registry[at].name;
        at += 1;
    }
    names
}

/// The leecher's choker with this name.
pub fn leecher_by_name(name: &str) -> Option<&'static Entry> {
    LEECHERS.iter().find(|entry| entry.name == name)
}

/// The seed's choker with this name.
pub fn seed_by_name(name: &str) -> Option<&'static Entry> {
    SEEDS.iter().find(|entry| entry.name == name)
}
