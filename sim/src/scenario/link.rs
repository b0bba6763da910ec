//! An access link, and the keys of a group that say what waits in front of it.

use crate::network::{Discipline, UplinkDiscipline};

use super::discipline::{DISCIPLINE, UPLINK_DISCIPLINE};
use super::text::{Fields, Keys, Read};
use super::value::Buffer;

/// An access link: all that a host sends goes through `up`, all that it receives through `down`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSpec {
    /// `up`, in bit/s, up to 1 Tbit/s.
    pub up_bits_per_s: u64,
    /// `down`, in bit/s, up to 1 Tbit/s.
    pub down_bits_per_s: u64,
    /// `queue_up`, `queue_down`, `discipline_up`, `discipline_down`: what waits in front of it.
    pub queues: Queues,
}

/// What waits in front of an access link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queues {
    /// `queue_up`, in bytes: what may wait for the uplink; at least `network.unit`. Default: 64 KiB.
    pub up_bytes: u32,
    /// `queue_down`, in bytes: what may wait for the downlink; at least `network.unit`. Default: 256 KiB.
    pub down_bytes: u32,
    /// `discipline_up`: who waits where for the uplink. Default: streams take turns.
    pub discipline_up: UplinkDiscipline,
    /// `discipline_down`: what becomes of what the downlink has no room for. Default: tail-drop.
    pub discipline_down: Discipline,
}

impl Default for Queues {
    fn default() -> Queues {
        Queues {
            up_bytes: 64 << 10,
            down_bytes: 256 << 10,
            discipline_up: UplinkDiscipline::Turns,
            discipline_down: Discipline::TailDrop,
        }
    }
}

impl Queues {
    pub(super) fn read(keys: &mut Keys<'_>) -> Read<Queues> {
        let default = Queues::default();
        let up = keys.or(
            "queue_up",
            "What may wait for the uplink; at least `network.unit`.",
            default.up_bytes,
            &Buffer,
        );
        let down = keys.or(
            "queue_down",
            "What may wait for the downlink; at least `network.unit`.",
            default.down_bytes,
            &Buffer,
        );
        let discipline_up = keys.or(
            "discipline_up",
            "Who waits where for the uplink.",
            default.discipline_up,
            &UPLINK_DISCIPLINE,
        );
        let discipline_down = keys.or(
            "discipline_down",
            "What becomes of what the downlink has no room for.",
            default.discipline_down,
            &DISCIPLINE,
        );
        Ok(Queues {
            up_bytes: up?,
            down_bytes: down?,
            discipline_up: discipline_up?,
            discipline_down: discipline_down?,
        })
    }

    pub(super) fn write(&self, fields: &mut Fields) {
        fields.put("queue_up", &Buffer, &self.up_bytes);
        fields.put("queue_down", &Buffer, &self.down_bytes);
        fields.put("discipline_up", &UPLINK_DISCIPLINE, &self.discipline_up);
        fields.put("discipline_down", &DISCIPLINE, &self.discipline_down);
    }
}
