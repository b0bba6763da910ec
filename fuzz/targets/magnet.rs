//! A magnet link is refused, or is written as it was understood.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmlab_engine::metainfo::{MAGNET_BYTES_MAX, Magnet};

fuzz_target!(|text: &str| {
    let Ok(magnet) = text.parse::<Magnet>() else { return };
    let written = magnet.to_string();
    // Escapes may make it longer than what is read.
    if written.len() <= MAGNET_BYTES_MAX {
        assert_eq!(written.parse(), Ok(magnet));
    }
});
