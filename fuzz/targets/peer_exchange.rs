//! A message of peer exchange is refused, or names a bounded number of peers that can be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmlab_engine::wire::PeerExchangeMessage;
use swarmlab_engine::wire::peer_exchange_message::PEX_PEERS_READ_MAX;

fuzz_target!(|payload: &[u8]| {
    let Ok(said) = PeerExchangeMessage::decode(payload) else { return };
    assert!(said.added.len() <= 2 * PEX_PEERS_READ_MAX && said.dropped.len() <= 2 * PEX_PEERS_READ_MAX);
    assert!(said.added.iter().all(|(address, _)| address.port() != 0 && !address.ip().is_unspecified()));
    let again = PeerExchangeMessage::decode(&said.encode()).expect("it reads what it has written");
    // What was written as IPv6 and is IPv4 in truth moves to the front.
    assert_eq!(again.added.len().min(PEX_PEERS_READ_MAX), said.added.len().min(PEX_PEERS_READ_MAX));
});
