//! An extension handshake is no dictionary, or is written as it was understood.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmlab_engine::wire::ExtensionHandshake;

fuzz_target!(|payload: &[u8]| {
    if let Some(said) = ExtensionHandshake::decode(payload) {
        assert_ne!(said.listen_port, Some(0));
        assert_eq!(ExtensionHandshake::decode(&said.encode()), Some(said));
    }
});
