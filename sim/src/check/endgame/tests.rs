//! A block that is asked for twice while others are asked for by nobody.

use swarmlab_engine::time::Time;

use super::*;
use crate::check::stand::Stand;

/// Of three pieces these are candidates, and these blocks are free or doubled.
fn client(candidates: &[u32], free: &[(u32, u32)], doubled: &[(u32, u32, u8)]) -> Client {
    let mut set = PieceSet::empty(3);
    candidates.iter().for_each(|piece| assert!(set.insert(*piece)));
    Client { candidates: set, free: free.to_vec(), doubled: doubled.to_vec(), snubs: 0, is_disturbed: false }
}

#[test]
fn only_a_new_double_beside_a_block_that_was_left_alone_is_too_early() {
    let twice = &[(0, 0, 2)][..];
    let thrice = &[(0, 0, 3)][..];
    for (is_right, before, now) in [
        (true, client(&[], &[], &[]), client(&[], &[], twice)),
        (false, client(&[1, 2], &[], &[]), client(&[2], &[], twice)),
        (false, client(&[], &[(1, 0), (1, 1)], &[]), client(&[], &[(1, 1)], twice)),
        (false, client(&[1], &[], twice), client(&[1], &[], thrice)),
        // All were asked for, and another came free.
        (true, client(&[1], &[], &[]), client(&[2], &[(1, 0)], twice)),
        // What was doubled in endgame outlasts it.
        (true, client(&[1], &[], twice), client(&[1], &[], twice)),
        (true, client(&[1], &[], thrice), client(&[1], &[], twice)),
    ] {
        let found = Stand::new().violation(Time::ZERO, |bench| now.is_legitimate(bench, 0, &before));
        assert_eq!(found, (!is_right).then_some("S7"), "{:?}", now.doubled);
    }
}
