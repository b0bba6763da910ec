//! The numbers a network is built with.

use std::time::Duration;

use super::latency::Latency;

/// What every stream of a network has in common. The default describes Linux hosts of today on Ethernet.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkConfig {
    /// Payload of the largest segment simulated as one, in bytes. Smaller is finer and slower.
    pub unit_bytes: u32,
    /// Bytes that one end takes from its application beyond those it has handed to the uplink, as Linux's
    /// `TCP_NOTSENT_LOWAT` bounds them. What is in flight is bounded by the windows.
    pub send_buffer_bytes: u32,
    /// Bytes that one end holds for its application: the receive window, constant.
    pub receive_window_bytes: u32,
    /// One-way latency between two hosts.
    pub latency: Latency,
    /// For each pair of hosts a share of the latency, drawn evenly up to this one (0 to 1), moves from one way to the
    /// other.
    pub asymmetry: f64,
    /// Each segment and each datagram is delayed by something between nothing and this, every value as likely. Streams
    /// stay in order; datagrams overtake each other.
    pub jitter: Duration,
    /// Share of the packets that every path loses, whatever the queues do: 0 to 1.
    pub loss: f64,
    /// TCP payload of a full packet, in bytes.
    pub mss_bytes: u32,
    /// Bytes that each packet adds on the wire, and the size of a packet without payload.
    pub header_bytes: u32,
}

impl NetworkConfig {
    /// Twelve full packets: a block of 16 KiB with its message head goes as one segment, small messages beside it.
    pub const UNIT_BYTES: u32 = 12 * NetworkConfig::MSS_BYTES;
    /// TCP payload in an Ethernet packet of 1500 bytes with TCP timestamps (RFC 7323, appendix A).
    pub const MSS_BYTES: u32 = 1448;
    /// Ethernet 14, IPv4 20, TCP with timestamps 32.
    pub const HEADER_BYTES: u32 = 66;
    /// Windows and buffers are at most this, so that sums of them fit 32 bits.
    pub const WINDOW_BYTES_MAX: u32 = 1 << 30;

    /// Packets that carry `payload` bytes, at least one.
    pub(crate) fn packets(&self, payload: u32) -> u32 {
        payload.div_ceil(self.mss_bytes).max(1)
    }

    /// Bytes on the wire for a segment of `payload` bytes.
    pub(crate) fn wire_bytes(&self, payload: u32) -> u64 {
        u64::from(payload) + u64::from(self.packets(payload)) * u64::from(self.header_bytes)
    }

    /// Payload in so many of the packets that carry `payload` bytes; all are full, but the last.
    pub(super) fn payload_of(&self, payload: u32, packets: u32, with_last: bool) -> u32 {
        let all = self.packets(payload);
        match with_last {
            true => payload - (all - packets) * self.mss_bytes,
            false => packets * self.mss_bytes,
        }
    }

    /// Bytes on the wire that acknowledge a segment of `payload` bytes: one packet for two (RFC 5681, section 4.2).
    pub(crate) fn ack_bytes(&self, payload: u32) -> u64 {
        u64::from(self.packets(payload).div_ceil(2)) * u64::from(self.header_bytes)
    }

    /// The room at which an end that was full is writable again.
    pub(super) fn writable_bytes(&self) -> u32 {
        self.unit_bytes.max(self.send_buffer_bytes / 2)
    }

    /// # Panics
    /// If the numbers don't fit together.
    pub(super) fn assert_sound(&self) {
        assert!(self.mss_bytes > 0, "mss_bytes is zero");
        assert!(self.unit_bytes >= self.mss_bytes, "unit_bytes is less than a packet");
        assert!(self.send_buffer_bytes >= self.unit_bytes, "send_buffer_bytes is less than a unit");
        assert!(
            self.receive_window_bytes >= 2 * self.mss_bytes,
            "receive_window_bytes is less than two packets"
        );
        let largest = self.receive_window_bytes.max(self.send_buffer_bytes).max(self.header_bytes);
        assert!(
            largest <= NetworkConfig::WINDOW_BYTES_MAX,
            "a size is over {}",
            NetworkConfig::WINDOW_BYTES_MAX
        );
        self.latency.assert_sound();
        assert!((0.0..=1.0).contains(&self.asymmetry), "asymmetry is a share");
        assert!(self.jitter <= Duration::from_secs(3600), "jitter is over an hour");
        assert_share(self.loss);
    }
}

impl Default for NetworkConfig {
    fn default() -> NetworkConfig {
        NetworkConfig {
            unit_bytes: NetworkConfig::UNIT_BYTES,
            send_buffer_bytes: 64 << 10,
            receive_window_bytes: 1 << 20,
            latency: Latency::default(),
            asymmetry: 0.0,
            jitter: Duration::ZERO,
            loss: 0.0,
            mss_bytes: NetworkConfig::MSS_BYTES,
            header_bytes: NetworkConfig::HEADER_BYTES,
        }
    }
}

pub(super) fn assert_share(loss: f64) {
    assert!((0.0..=1.0).contains(&loss), "loss is a share of the packets: {loss}");
}
