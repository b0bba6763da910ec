//! A scenario's values in the words of the network and the engine.

use swarmlab_engine::session::TorrentConfig;
use swarmlab_engine::storage::Content;

use crate::network::{AccessLink, NetworkConfig};
use crate::scenario::{ClientSpec, Group, Scenario};

use super::WorldError;

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

/// What lies between the hosts.
pub fn network_config(scenario: &Scenario) -> NetworkConfig {
    let spec = &scenario.network;
    NetworkConfig {
        unit_bytes: spec.unit_bytes,
        send_buffer_bytes: spec.send_buffer_bytes,
        receive_window_bytes: spec.receive_window_bytes,
        latency: spec.latency.clone(),
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
        ..AccessLink::symmetric(TRACKER_BITS_PER_S)
    }
}

/// The link of each host of a group.
pub fn access_link(group: &Group) -> AccessLink {
    AccessLink {
        up_bits_per_s: group.link.up_bits_per_s,
        down_bits_per_s: group.link.down_bits_per_s,
        queue_up_bytes: group.link.queue_up_bytes.into(),
        queue_down_bytes: group.link.queue_down_bytes.into(),
        ..AccessLink::symmetric(group.link.up_bits_per_s)
    }
}

/// How each client of a group takes part.
pub fn torrent_config(client: &ClientSpec) -> TorrentConfig {
    TorrentConfig {
        picker: client.picker.into(),
        choker: client.choker.into(),
        seed_choker: client.seed_choker.into(),
        upload_slots: client.upload_slots,
        connections_max: client.connections_max,
        connections_target: client.connections_max * 3 / 5,
        fast_extension: client.fast_extension,
        ..TorrentConfig::default()
    }
}
