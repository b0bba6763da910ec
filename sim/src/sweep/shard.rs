//! Which runs belong to which shard.

use std::fmt;
use std::str::FromStr;

use rand::SeedableRng;
use swarmlab_engine::random::{Rng, below};

/// Shards at most: more than runs would be of no use.
const SHARDS_MAX: u32 = super::RUNS_MAX;
/// Where the shuffling begins: every process shuffles alike.
const SEED: u64 = 0x5eed;

/// One of so many shards of a sweep, `3/8` for the third of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

/// What is no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard: write I/N, from 1/N to N/N, like 3/8")]
pub struct ShardError(String);

impl Shard {
    /// All that there is.
    pub const WHOLE: Shard = Shard { number: 1, of: 1 };

    /// All shards of so many.
    pub fn all(of: u32) -> impl Iterator<Item = Shard> {
        (1..=of).map(move |number| Shard { number, of })
    }

    /// Its runs of so many, in ascending order.
    pub fn runs(self, total: u32) -> Vec<u32> {
        let pack = shuffled(total).into_iter();
        let mut dealt: Vec<u32> = pack.skip(self.number as usize - 1).step_by(self.of as usize).collect();
        dealt.sort_unstable();
        dealt
    }
}

/// The pack from which runs are dealt out to shards in turn. Were it in order, two shards of two variants would get one
/// variant each, and the slower variant's would last longer.
pub(super) fn shuffled(total: u32) -> Vec<u32> {
    let mut pack: Vec<u32> = (0..total).collect();
    let mut rng = Rng::seed_from_u64(SEED);
    for last in (1..pack.len()).rev() {
        pack.swap(last, below(&mut rng, last as u32 + 1) as usize);
    }
    pack
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Shard, ShardError> {
        let read = || {
            let (number, of) = text.split_once('/')?;
            let (number, of) = (number.trim().parse().ok()?, of.trim().parse().ok()?);
            ((1..=SHARDS_MAX).contains(&of) && (1..=of).contains(&number)).then_some(Shard { number, of })
        };
        read().ok_or_else(|| ShardError(text.to_owned()))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_run_is_in_exactly_one_shard_and_shards_are_equally_large(total in 0u32..3_000, of in 1u32..80) {
            let shards: Vec<Vec<u32>> = Shard::all(of).map(|shard| shard.runs(total)).collect();
            let mut all: Vec<u32> = shards.iter().flatten().copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..total).collect::<Vec<_>>());
            for shard in &shards {
                prop_assert!(shard.is_sorted());
                prop_assert!((total / of..=total.div_ceil(of)).contains(&(shard.len() as u32)));
            }
        }

        #[test]
        fn what_is_written_reads_back(of in 1u32..=SHARDS_MAX, number in 1u32..=SHARDS_MAX) {
            prop_assume!(number <= of);
            let shard = Shard { number, of };
            prop_assert_eq!(shard.to_string().parse(), Ok(shard));
        }
    }

    /// Each variant is about as often in one shard as in the other, however many variants there are.
    #[test]
    fn no_shard_gets_one_variant_alone() {
        for (variants, of) in [(2, 2), (2, 8), (4, 2), (8, 8), (3, 6)] {
            for shard in Shard::all(of) {
                let runs = shard.runs(1_600);
                let of_the_first = runs.iter().filter(|run| *run % variants == 0).count();
                let share = of_the_first as f64 / runs.len() as f64 * f64::from(variants);
                assert!((0.5..1.5).contains(&share), "{shard} of {variants} variants: {share}");
            }
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for wrong in ["", "3", "/", "0/8", "9/8", "1/0", "-1/2", "1/2/3", "a/b", "1/100001"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        assert_eq!(" 3 / 8 ".parse(), Ok(Shard { number: 3, of: 8 }));
    }
}
