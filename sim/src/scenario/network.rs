//! `[network]`: what lies between the access links, and the buffers of the hosts' streams.

use std::time::Duration;

use crate::network::{Latency, NetworkConfig};

use super::text::{Read, Value, Writer};
use super::value::SIZE;

/// Buffers of a gigabyte are already beyond what any kernel gives.
pub(super) const BUFFER_BYTES_MAX: u64 = 1 << 30;

/// The network between the hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSpec {
    /// `latency`: one way, up to 10 s; constant, or `{ min, max }` to be drawn for each pair. Default: 20 ms.
    pub latency: Latency,
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
            latency: Latency::Constant(Duration::from_millis(20)),
            send_buffer_bytes: 64 << 10,
            receive_window_bytes: 1 << 20,
            unit_bytes: NetworkConfig::UNIT_BYTES,
        }
    }
}

impl NetworkSpec {
    pub(super) fn read(value: &Value<'_>) -> Read<NetworkSpec> {
        let default = NetworkSpec::default();
        value.table(|keys| {
            let latency = keys.or("latency", default.latency, Latency::read);
            let send_buffer = keys.or("send_buffer", default.send_buffer_bytes, read_buffer);
            let receive_window = keys.or("receive_window", default.receive_window_bytes, read_buffer);
            let unit = keys.or("unit", default.unit_bytes, read_buffer);
            Ok(NetworkSpec {
                latency: latency?,
                send_buffer_bytes: send_buffer?,
                receive_window_bytes: receive_window?,
                unit_bytes: unit?,
            })
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.table(&["network"]);
        self.latency.write(out);
        out.text("send_buffer", &SIZE.written(self.send_buffer_bytes.into()));
        out.text("receive_window", &SIZE.written(self.receive_window_bytes.into()));
        out.text("unit", &SIZE.written(self.unit_bytes.into()));
    }
}

/// A buffer's size, in bytes.
pub(super) fn read_buffer(value: &Value<'_>) -> Read<u32> {
    // The limit is far below 4 GiB.
    SIZE.read(value, "KiB", 1..=BUFFER_BYTES_MAX).map(|bytes| bytes as u32)
}
