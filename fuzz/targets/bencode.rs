//! Any bytes are a value within the limits, or an error at one of them; a value has one spelling up to the keys' order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmlab_engine::bencode::{Limits, Tree, decode, decode_prefix};

fuzz_target!(|input: &[u8]| {
    for limits in [Limits::TORRENT, Limits::TRACKER, Limits::MESSAGE] {
        match decode_prefix(input, limits) {
            Ok((value, rest)) => {
                assert_eq!(value.raw().len() + rest.len(), input.len());
                let canonical = Tree::from(&value).encode();
                assert_eq!(canonical.len(), value.raw().len());
                let again = decode(&canonical, limits).expect("what is encoded is decoded");
                assert_eq!(Tree::from(&again).encode(), canonical);
            }
            Err(error) => assert!(error.offset <= input.len()),
        }
    }
});
