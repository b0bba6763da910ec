//! Generators for one purpose each, so that a draw more or less in one place changes no other.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// A generator for one purpose and one number, independent of all others of the run.
pub fn generator(seed: u64, purpose: &[u8], number: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed_for(seed, purpose, number))
}

/// The seed of such a generator.
pub fn seed_for(seed: u64, purpose: &[u8], number: u64) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::with_seed(seed);
    hasher.update(purpose);
    hasher.update(&number.to_le_bytes());
    hasher.digest()
}
