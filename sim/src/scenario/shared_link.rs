//! `[links.NAME]`: links that the hosts behind them share.

use std::time::Duration;

use crate::network::Discipline;

use super::discipline::DISCIPLINE;
use super::latency::LATENCY;
use super::text::{Fields, Keys, NameOf, Named, Read};
use super::value::{Buffer, LINK_RATE, Percent, check_label};

/// A link between the hosts behind it and everybody else.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedLinkSpec {
    /// The `NAME` of `[links.NAME]`.
    pub name: String,
    /// `up`, away from the hosts behind it, in bit/s, up to 1 Tbit/s. Required.
    pub up_bits_per_s: u64,
    /// `down`, towards the hosts behind it, in bit/s, up to 1 Tbit/s. Required.
    pub down_bits_per_s: u64,
    /// `queue_up`, in bytes; at least `network.unit`. Default: 256 KiB.
    pub queue_up_bytes: u32,
    /// `queue_down`, in bytes; at least `network.unit`. Default: 256 KiB.
    pub queue_down_bytes: u32,
    /// `discipline`, of both queues. Default: tail-drop.
    pub discipline: Discipline,
    /// `latency`: what crossing the link adds, one way. Default: 0 s.
    pub latency: Duration,
    /// `loss`: the share of packets that the link loses, 0 to 1, in each direction. Default: 0.
    pub loss: f64,
    /// `behind`: another link that this one is behind, by name. Default: none.
    pub behind: Option<String>,
}

/// A link, by the name that the scenario gives it.
pub const LINK_NAME: NameOf = NameOf::Key { what: "link", table: "links" };

/// All links of a scenario.
pub const LINKS: Named<SharedLinkSpec> = Named { what: "link", check: check_label, read };

const QUEUE_BYTES: u32 = 256 << 10;

fn read(name: &str, keys: &mut Keys<'_>) -> Read<SharedLinkSpec> {
    let up = keys.required("up", "\"1 Gbit/s\"", "The rate away from the hosts behind it.", &LINK_RATE);
    let down = keys.required("down", "\"1 Gbit/s\"", "The rate towards the hosts behind it.", &LINK_RATE);
    let queue_up =
        keys.or("queue_up", "What may wait on the way up; at least `network.unit`.", QUEUE_BYTES, &Buffer);
    let queue_down = keys.or(
        "queue_down",
        "What may wait on the way down; at least `network.unit`.",
        QUEUE_BYTES,
        &Buffer,
    );
    let discipline = keys.or(
        "discipline",
        "What becomes of what a queue has no room for.",
        Discipline::TailDrop,
        &DISCIPLINE,
    );
    let latency = keys.or("latency", "What crossing the link adds, one way.", Duration::ZERO, &LATENCY);
    let loss =
        keys.or("loss", "The share of packets that the link loses, in each direction.", 0.0, &Percent::Any);
    let behind = keys.optional("behind", "Another link that this one is behind.", &LINK_NAME);
    Ok(SharedLinkSpec {
        name: name.to_owned(),
        up_bits_per_s: up?,
        down_bits_per_s: down?,
        queue_up_bytes: queue_up?,
        queue_down_bytes: queue_down?,
        discipline: discipline?,
        latency: latency?,
        loss: loss?,
        behind: behind?.map(|(_, name)| name),
    })
}

impl SharedLinkSpec {
    pub(super) fn write(&self, fields: &mut Fields) {
        fields.put("up", &LINK_RATE, &self.up_bits_per_s);
        fields.put("down", &LINK_RATE, &self.down_bits_per_s);
        fields.put("queue_up", &Buffer, &self.queue_up_bytes);
        fields.put("queue_down", &Buffer, &self.queue_down_bytes);
        fields.put("discipline", &DISCIPLINE, &self.discipline);
        fields.put("latency", &LATENCY, &self.latency);
        fields.put("loss", &Percent::Any, &self.loss);
        if let Some(link) = &self.behind {
            fields.text("behind", link);
        }
    }
}
