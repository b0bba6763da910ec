//! Bytes that no network has carried.

use swarmlab_engine::session::StartWith;
use swarmlab_engine::time::Time;

use super::*;
use crate::check::stand::{Stand, circumstances, session};
use crate::network::{Network, NetworkConfig};

#[test]
fn nobody_receives_more_than_was_delivered() {
    let stand = Stand::new();
    let connection =
        session(&stand, StartWith::Nothing).accept(Time::ZERO, ([10, 0, 0, 9], 1).into()).unwrap();
    let network = Network::new(NetworkConfig::default(), 1);
    let mut ledger = Ledger::default();
    let found = stand.violation(Time::ZERO, |bench| {
        let circumstances = circumstances(&network, 1);
        ledger.step(bench, &circumstances);
        ledger.see(bench, 0, &Seen::Received(connection, &vec![0].into()));
        ledger.step(bench, &circumstances);
    });
    assert_eq!(found, Some("S26"));
}
