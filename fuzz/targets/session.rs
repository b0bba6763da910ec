//! A whole session among peers that send anything in any order while time passes: its invariants hold after every step.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmlab_fuzz::session::play;

fuzz_target!(|input: &[u8]| play(input));
