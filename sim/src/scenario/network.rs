//! `[network]`: what lies between the access links, and the buffers of the hosts' streams.

use std::time::Duration;

use crate::network::NetworkConfig;

use super::latency::{LATENCIES_FORM, LatencySpec};
use super::text::{Fields, Keys, Read, Table};
use super::value::{Buffer, Percent, Span};

/// The network between the hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSpec {
    /// `latency`: one way, up to 10 s. Default: 20 ms.
    pub latency: LatencySpec,
    /// `jitter`: each segment is delayed by up to so much more, every value as likely. Default: 0 s.
    pub jitter: Duration,
    /// `loss`: the share of packets that every path loses, 0 to 1. Default: 0.
    pub loss: f64,
    /// `asymmetry`: for each pair up to this share of the latency, 0 to 1, moves from one way to the other. Default: 0.
    pub asymmetry: f64,
    /// `send_buffer`, in bytes: what a stream takes from its client before the link has it. Default: 64 KiB.
    pub send_buffer_bytes: u32,
    /// `receive_window`, in bytes: what a stream has under way at most; it bounds a lone stream's rate to
    /// window / round-trip time. Default: 1 MiB.
    pub receive_window_bytes: u32,
    /// `unit`, in bytes: the largest segment that is moved as one. Smaller is finer and slower. Default: twelve full
    /// packets (17,376 B), which hold a block and its head.
    pub unit_bytes: u32,
}

impl Default for NetworkSpec {
    fn default() -> NetworkSpec {
        NetworkSpec {
            latency: LatencySpec::Constant(Duration::from_millis(20)),
            jitter: Duration::ZERO,
            loss: 0.0,
            asymmetry: 0.0,
            send_buffer_bytes: 64 << 10,
            receive_window_bytes: 1 << 20,
            unit_bytes: NetworkConfig::UNIT_BYTES,
        }
    }
}

/// The table.
pub(super) const NETWORK: Table<NetworkSpec> = Table { read, write };

const JITTER: Span = Span("ms", Duration::ZERO..=Duration::from_secs(10));

fn read(keys: &mut Keys<'_>) -> Read<NetworkSpec> {
    let default = NetworkSpec::default();
    let latency = keys.or(
        "latency",
        "How long a segment travels between two hosts, one way, queues not counted.",
        default.latency,
        &LATENCIES_FORM,
    );
    let jitter = keys.or(
        "jitter",
        "Each segment is delayed by up to so much more, every value as likely. Streams stay in order.",
        default.jitter,
        &JITTER,
    );
    let loss = keys.or("loss", "The share of packets that every path loses.", default.loss, &Percent::Any);
    let asymmetry = keys.or(
        "asymmetry",
        "For each pair of hosts up to this share of the latency moves from one direction to the other.",
        default.asymmetry,
        &Percent::Any,
    );
    let send_buffer = keys.or(
        "send_buffer",
        "What a stream takes from its client before the link has it; at least `unit`.",
        default.send_buffer_bytes,
        &Buffer,
    );
    let receive_window = keys.or(
        "receive_window",
        "What a stream has under way at most: it bounds a lone stream's rate to window / round-trip time.",
        default.receive_window_bytes,
        &Buffer,
    );
    let unit = keys.or(
        "unit",
        "The largest segment that is moved as one. Smaller is finer and slower. The default is twelve full packets, \
         which hold a block and its head.",
        default.unit_bytes,
        &Buffer,
    );
    Ok(NetworkSpec {
        latency: latency?,
        jitter: jitter?,
        loss: loss?,
        asymmetry: asymmetry?,
        send_buffer_bytes: send_buffer?,
        receive_window_bytes: receive_window?,
        unit_bytes: unit?,
    })
}

fn write(network: &NetworkSpec, fields: &mut Fields) {
    fields.put("latency", &LATENCIES_FORM, &network.latency);
    fields.put("jitter", &JITTER, &network.jitter);
    fields.put("loss", &Percent::Any, &network.loss);
    fields.put("asymmetry", &Percent::Any, &network.asymmetry);
    fields.put("send_buffer", &Buffer, &network.send_buffer_bytes);
    fields.put("receive_window", &Buffer, &network.receive_window_bytes);
    fields.put("unit", &Buffer, &network.unit_bytes);
}
