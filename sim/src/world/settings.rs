//! A scenario's values in the words of the network and the engine.

use swarmlab_engine::allowance::RateLimits;
use swarmlab_engine::picker::SwarmCopies;
use swarmlab_engine::session::TorrentConfig;
use swarmlab_engine::storage::Content;
use swarmlab_engine::tracker::server::{ServerConfig, TrackerServer};

use crate::network::{
    AccessLink, Discipline, HostConfig, LinkId, Network, NetworkConfig, SharedLink, UplinkDiscipline,
};
use crate::scenario::{Behaviour, Group, LinkSpec, Scenario};

use super::WorldError;
use super::draws::seed_for;
use super::pickers::Pickers;
use super::population::Newcomer;
use super::rates::{Pair, Rates};

const TRACKER_BITS_PER_S: u64 = 10_000_000_000;

/// Faults of a torrent file's blocks, which the scenario alone could not check.
pub fn check_faults(scenario: &Scenario, content: &Content) -> Result<(), WorldError> {
    let geometry = content.geometry();
    for group in &scenario.groups {
        if let Some(fault) = group.corrupt
            && (fault.piece >= geometry.piece_count || fault.block >= geometry.blocks_in(fault.piece))
        {
            let (group, piece, block) = (group.name.clone(), fault.piece, fault.block);
            return Err(WorldError::NoSuchBlock { group, piece, block });
        }
    }
    Ok(())
}

/// Pickers of groups that nobody has brought along.
pub fn check_pickers(scenario: &Scenario, pickers: &Pickers, copies: &SwarmCopies) -> Result<(), WorldError> {
    for group in &scenario.groups {
        pickers
            .make(group.client.picker, copies)
            .map_err(|source| WorldError::Picker { group: group.name.clone(), source })?;
    }
    Ok(())
}

/// What lies between the hosts.
pub fn network_config(scenario: &Scenario) -> NetworkConfig {
    let spec = &scenario.network;
    NetworkConfig {
        unit_bytes: spec.unit_bytes,
        send_buffer_bytes: spec.send_buffer_bytes,
        receive_window_bytes: spec.receive_window_bytes,
        latency: spec.latency.in_network(),
        jitter: spec.jitter,
        loss: spec.loss,
        asymmetry: spec.asymmetry,
        ..NetworkConfig::default()
    }
}

/// A link that never limits.
pub fn tracker_link() -> AccessLink {
    AccessLink {
        up_bits_per_s: TRACKER_BITS_PER_S,
        down_bits_per_s: TRACKER_BITS_PER_S,
        queue_up_bytes: u64::MAX,
        queue_down_bytes: u64::MAX,
        discipline_up: UplinkDiscipline::Turns,
        discipline_down: Discipline::TailDrop,
        loss: 0.0,
    }
}

/// The tracker, which knows nobody yet.
pub fn tracker_server(scenario: &Scenario) -> TrackerServer {
    TrackerServer::new(ServerConfig {
        interval: scenario.tracker.interval,
        peers_default: scenario.tracker.peers_per_answer as usize,
        peers_max: scenario.tracker.peers_per_answer as usize,
        // Nobody here tries to guess it.
        secret: u128::from(seed_for(scenario.seed, b"connection ids", 0)).to_be_bytes(),
        ..ServerConfig::default()
    })
}

/// The host of a peer.
pub fn host_config(scenario: &Scenario, newcomer: &Newcomer, links: &[(LinkId, Rates)]) -> HostConfig {
    let group = &scenario.groups[newcomer.group];
    let LinkSpec { up_bits_per_s, down_bits_per_s, queues } = &newcomer.link;
    let link = AccessLink {
        up_bits_per_s: *up_bits_per_s,
        down_bits_per_s: *down_bits_per_s,
        queue_up_bytes: queues.up_bytes.into(),
        queue_down_bytes: queues.down_bytes.into(),
        discipline_up: queues.discipline_up,
        discipline_down: queues.discipline_down,
        loss: group.loss,
    };
    let behind = group.behind.as_deref().and_then(|name| place_of(scenario, name)).map(|at| links[at].0);
    HostConfig { link, place: newcomer.place, behind, takes_inbound: newcomer.takes_inbound }
}

/// Adds the shared links, those in front before those behind them; their ids in the order of the scenario.
pub fn add_links(scenario: &Scenario, network: &mut Network) -> Vec<(LinkId, Rates)> {
    let mut ids: Vec<Option<LinkId>> = vec![None; scenario.links.len()];
    (0..ids.len()).for_each(|at| {
        add_link(scenario, network, &mut ids, at);
    });
    let rates = scenario.links.iter().map(|link| Pair { up: link.up_bits_per_s, down: link.down_bits_per_s });
    ids.into_iter().flatten().zip(rates.map(Rates::new)).collect()
}

/// The scenario's reader has refused links that are behind themselves.
fn add_link(scenario: &Scenario, network: &mut Network, ids: &mut [Option<LinkId>], at: usize) -> LinkId {
    if let Some(id) = ids[at] {
        return id;
    }
    let spec = &scenario.links[at];
    let front = spec.behind.as_deref().and_then(|name| place_of(scenario, name));
    let behind = front.map(|front| add_link(scenario, network, ids, front));
    let id = network.add_link(SharedLink {
        up_bits_per_s: spec.up_bits_per_s,
        down_bits_per_s: spec.down_bits_per_s,
        queue_up_bytes: spec.queue_up_bytes.into(),
        queue_down_bytes: spec.queue_down_bytes.into(),
        discipline: spec.discipline,
        latency: spec.latency,
        loss: spec.loss,
        behind,
    });
    ids[at] = Some(id);
    id
}

/// The place of a shared link in the scenario.
pub fn place_of(scenario: &Scenario, name: &str) -> Option<usize> {
    scenario.links.iter().position(|link| link.name == name)
}

/// How each client of a group takes part.
pub fn torrent_config(group: &Group) -> TorrentConfig {
    let client = &group.client;
    let uploads = group.behaviour != Behaviour::FreeRides;
    TorrentConfig {
        picker: client.picker.into(),
        choker: client.choker.into(),
        seed_choker: client.seed_choker.into(),
        upload_slots: if uploads { client.upload_slots } else { 0 },
        connections_max: client.connections_max,
        connections_target: client.connections_max * 3 / 5,
        fast_extension: client.fast_extension,
        suggest_pieces: client.suggest_pieces,
        super_seeding: client.super_seeding,
        limits: RateLimits {
            up_bytes_per_s: client.upload_limit.map(|bits_per_s| bits_per_s / 8),
            down_bytes_per_s: client.download_limit.map(|bits_per_s| bits_per_s / 8),
        },
        request_queue: client.request_queue,
        announce: client.tracker,
        peer_exchange: client.pex,
        endgame_requesters_max: client.endgame_requesters.try_into().unwrap_or(u8::MAX),
        playback: group.watch,
        ..TorrentConfig::default()
    }
}
