//! Whole downloads between real sessions.

use std::time::Duration;

use proptest::prelude::*;
use swarmlab_engine::metainfo::BLOCK_BYTES;
use swarmlab_engine::picker;
use swarmlab_engine::session::{CloseReason, Event, StartWith, TorrentConfig};
use swarmlab_engine::storage::Storage;

use crate::rig::{Client, Cuts, Swarm, Torrent, quiet};

const HOUR: Duration = Duration::from_secs(3_600);

fn seed(number: u8, torrent: &Torrent) -> Client {
    let storage = torrent.memory(0..torrent.geometry().piece_count);
    Client::new(number, torrent, StartWith::Everything, storage, Vec::new(), quiet())
}

/// A leecher that knows the addresses of all clients with lower numbers.
fn leech(number: u8, torrent: &Torrent, storage: Box<dyn Storage>, config: TorrentConfig) -> Client {
    let known = (1..number).map(|other| ([10, 0, 0, other], 6881).into()).collect();
    Client::new(number, torrent, StartWith::Nothing, storage, known, config)
}

fn assert_all_have_everything(swarm: &mut Swarm, torrent: &Torrent) {
    for client in &mut swarm.clients {
        assert!(torrent.is_all_in(&mut *client.storage), "{} holds wrong bytes", client.address);
        assert_eq!(client.count(|event| matches!(event, Event::Completed { .. })), 1);
    }
}

#[test]
fn two_clients_meet_and_one_gets_all_from_the_other() {
    let torrent = Torrent::new(1_000_000, 65_536);
    let clients = vec![seed(1, &torrent), leech(2, &torrent, torrent.memory([]), quiet())];
    let mut swarm = Swarm::new(clients, Cuts::None);
    swarm.run_until(Duration::from_secs(30), Swarm::all_complete);
    assert_all_have_everything(&mut swarm, &torrent);
    let [from, to] = [0, 1].map(|at| swarm.clients[at].session.progress(swarm.clients[at].key).totals);
    assert_eq!((from.uploaded, to.downloaded, to.wasted.total()), (1_000_000, 1_000_000, 0));
}

#[test]
fn two_who_have_everything_part_and_leave_each_other_alone() {
    let torrent = Torrent::pieces(8);
    let clients = vec![seed(1, &torrent), leech(2, &torrent, torrent.shared(), quiet())];
    let mut swarm = Swarm::new(clients, Cuts::None);
    swarm.run_until(Duration::from_secs(30), Swarm::all_complete);
    swarm.drive();
    let parted = |event: &Event| {
        matches!(event, Event::PeerDisconnected { reason: CloseReason::BothSeeds | CloseReason::Remote, .. })
    };
    assert!(swarm.clients.iter().all(|client| client.count(parted) == 1));
    let before: usize = swarm.clients.iter().map(|client| client.connects.len()).sum();
    swarm.advance(HOUR);
    let after: usize = swarm.clients.iter().map(|client| client.connects.len()).sum();
    assert!(after - before <= 1, "two seeds dialled each other {} times in an hour", after - before);
}

#[test]
fn leechers_pass_pieces_on_to_each_other() {
    let torrent = Torrent::new(3_000_000, 32_768);
    let others = (2..=8).map(|number| leech(number, &torrent, torrent.shared(), quiet()));
    let clients: Vec<Client> = std::iter::once(seed(1, &torrent)).chain(others).collect();
    let mut swarm = Swarm::new(clients, Cuts::random(3));
    swarm.run_until(HOUR, Swarm::all_complete);
    assert_all_have_everything(&mut swarm, &torrent);
    let uploaders = |client: &&Client| client.session.progress(client.key).totals.uploaded > 0;
    assert!(swarm.clients.iter().filter(uploaders).count() > 4);
}

#[test]
fn the_same_inputs_give_the_same_outputs() {
    let run = || {
        let torrent = Torrent::new(1_000_000, 32_768);
        let others = (2..=5).map(|number| leech(number, &torrent, torrent.memory([]), quiet()));
        let clients: Vec<Client> = std::iter::once(seed(1, &torrent)).chain(others).collect();
        let mut swarm = Swarm::new(clients, Cuts::random(9));
        swarm.run_until(HOUR, Swarm::all_complete);
        swarm
    };
    let (first, second) = (run(), run());
    assert!(first.log().len() > 1_000);
    assert_eq!(first.log(), second.log());
}

#[test]
fn calls_before_the_time_do_nothing() {
    let torrent = Torrent::pieces(8);
    let mut client = leech(2, &torrent, torrent.shared(), quiet());
    let before = (client.outputs, client.session.poll_timeout());
    let due = before.1.expect("a tick is due");
    for nanos in [0, due.as_nanos() / 2, due.as_nanos() - 1] {
        client.timeout(swarmlab_engine::time::Time::from_nanos(nanos));
        assert_eq!((client.outputs, client.session.poll_timeout()), before);
    }
    client.timeout(due);
    assert!(client.session.poll_timeout() > Some(due));
}

/// Those that a client can have by their name.
fn pickers() -> Vec<&'static str> {
    picker::REGISTRY.iter().filter(|entry| !entry.is_oracle()).map(|entry| entry.name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the sizes, the pickers, the extensions and the way in which the streams are cut: all is fetched, and it
    /// is right.
    #[test]
    fn two_clients_always_complete(
        total in 1u64..400_000,
        piece_length in prop_oneof![Just(BLOCK_BYTES), Just(2 * BLOCK_BYTES), 1_000u32..100_000],
        picker in prop::sample::select(pickers()),
        fast in any::<(bool, bool)>(),
        cuts in any::<u64>(),
        halves in any::<bool>(),
    ) {
        let torrent = Torrent::new(total, piece_length);
        let config = |fast_extension| TorrentConfig { picker: picker.into(), fast_extension, ..quiet() };
        let pieces = torrent.geometry().piece_count;
        // Either a seed and a newcomer, or two who have every second piece each.
        let (first, second): (Vec<u32>, Vec<u32>) = (0..pieces).partition(|piece| !halves || piece % 2 == 0);
        let first = torrent.memory(first);
        let second = torrent.memory(second.into_iter().filter(|_| halves));
        let known = vec![([10, 0, 0, 2], 6881).into()];
        let clients = vec![
            Client::new(1, &torrent, StartWith::Check, first, known, config(fast.0)),
            Client::new(2, &torrent, StartWith::Check, second, Vec::new(), config(fast.1)),
        ];
        let mut swarm = Swarm::new(clients, Cuts::random(cuts));
        swarm.run_until(HOUR, Swarm::all_complete);
        assert_all_have_everything(&mut swarm, &torrent);
    }
}
