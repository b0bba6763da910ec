//! The keys of a group that describe the access link of each of its hosts.

use super::discipline::{Discipline, UplinkDiscipline};
use super::network::read_buffer;
use super::text::{Keys, Read, Value, Writer};
use super::value::{RATE, SIZE};

/// A terabit a second: beyond it a byte takes no time on the clock of a run.
const RATE_BITS_PER_S_MAX: u64 = 1_000_000_000_000;

/// An access link: all that a host sends goes through `up`, all that it receives through `down`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSpec {
    /// `up`, in bit/s, up to 1 Tbit/s. Required.
    pub up_bits_per_s: u64,
    /// `down`, in bit/s, up to 1 Tbit/s. Required.
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

impl LinkSpec {
    pub(super) fn read(keys: &mut Keys<'_>) -> Read<LinkSpec> {
        let up = keys.required("up", "\"8 Mbit/s\"", read_rate);
        let down = keys.required("down", "\"32 Mbit/s\"", read_rate);
        let queue_up = keys.or("queue_up", 64 << 10, read_buffer);
        let queue_down = keys.or("queue_down", 256 << 10, read_buffer);
        Ok(LinkSpec {
            up_bits_per_s: up?,
            down_bits_per_s: down?,
            queues: Queues { up_bytes: queue_up?, down_bytes: queue_down?, ..Queues::default() },
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.text("up", &RATE.written(self.up_bits_per_s));
        out.text("down", &RATE.written(self.down_bits_per_s));
        out.text("queue_up", &SIZE.written(self.queues.up_bytes.into()));
        out.text("queue_down", &SIZE.written(self.queues.down_bytes.into()));
    }
}

fn read_rate(value: &Value<'_>) -> Read<u64> {
    RATE.read(value, "Mbit/s", 1..=RATE_BITS_PER_S_MAX)
}
