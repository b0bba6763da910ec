//! The one generator of the engine: every random decision of a client draws from it.

use rand::Rng as _;

/// Xoshiro256++: small, fast, and the same numbers on every platform. Nothing here needs to be unpredictable.
pub type Rng = rand_xoshiro::Xoshiro256PlusPlus;

/// A number below `bound`, each equally likely to within 2⁻³². `bound` 0 gives 0.
#[inline]
pub fn below(rng: &mut Rng, bound: u32) -> u32 {
    ((u64::from(rng.next_u32()) * u64::from(bound)) >> 32) as u32
}
