//! A run's connections as pcapng (IETF opsawg-pcapng), for Wireshark and its kin.
//!
//! Every packet is in it once, at the interface of the host that sends it and at the moment when that host hands it to
//! its uplink: as if each host captured what it sends, before any queue, and the captures were put together. So a packet
//! that is lost on the way is there, and so is the one that repeats it; how long packets travel is not there. What the
//! network model has no packets for is said where it is [tapped](swarmlab_sim::network::What). Streams are captured, and
//! datagrams are not: nothing is seen of announces over UDP.
//!
//! Frames weigh what the model counts on the wire: Ethernet, IPv4, and TCP with timestamps around at most 1,448 bytes.
//! Acknowledgements are cumulative only. The packets of one of the model's segments have one time. Timestamps are
//! simulated time, from 1970-01-01 00:00 UTC on: a tool's absolute time, in seconds, is the time of the run.

mod conversation;
mod frame;
mod peers;
mod sections;

use std::io::Write;
use std::net::{SocketAddr, SocketAddrV4};

use swarmlab_engine::time::Time;
use swarmlab_sim::network::{NetworkConfig, Sent, What};
use swarmlab_sim::world::{Cast, CastHost, Observer};

use super::output::{Extent, Output};
use conversation::{Conversations, clock_ms};
use frame::{ACK, FIN, Greeting, Header, PSH, RST, SYN};
use sections::Sections;

pub use peers::{PeerRanges, PeerRangesError};

/// A capture ends when it is so large: what Wireshark opens within a minute.
pub const CAPTURE_BYTES_MAX: u64 = 1 << 30;

/// Captures a run.
pub struct Capture<W: Write> {
    output: Output<W>,
    sections: Sections,
    peers: Option<PeerRanges>,
    hosts: Vec<CastHost>,
    /// By host, the packets that it has sent.
    identifications: Vec<u16>,
    conversations: Conversations,
    greeting: Greeting,
    frame: Vec<u8>,
}

impl<W: Write> Capture<W> {
    /// A capture of the connections of these peers, of all if none are named.
    pub fn new(output: Output<W>, peers: Option<PeerRanges>) -> Capture<W> {
        Capture {
            output,
            sections: Sections::new(),
            peers,
            hosts: Vec::new(),
            identifications: Vec::new(),
            conversations: Conversations::default(),
            greeting: Greeting::new(NetworkConfig::MSS_BYTES, 0),
            frame: Vec::new(),
        }
    }

    /// The file is whole: how far it reaches.
    ///
    /// # Errors
    /// Something could not be written, now or before.
    pub fn finish(self) -> std::io::Result<Extent> {
        self.output.finish()
    }

    /// Writes one packet, with its payload if it has some.
    fn write(&mut self, sent: &Sent, sequence: u32, flags: u8, payload: &[u8]) {
        let from = usize::from(!sent.dialled);
        let hosts = &self.hosts;
        let conversation = self.conversations.of(sent, |host| v4(hosts[host].address));
        let (own, other) = (&conversation.sides[from], &conversation.sides[1 - from]);
        let is_greeting = flags & SYN != 0;
        // The window of a greeting is never scaled.
        let scale = if is_greeting { 0 } else { self.greeting.window_scale };
        let identification = &mut self.identifications[sent.from.0 as usize];
        *identification = identification.wrapping_add(1);
        let header = Header {
            from: own.socket,
            to: other.socket,
            identification: *identification,
            sequence,
            acknowledgement: if flags & ACK != 0 { other.number(sent.acknowledged) } else { 0 },
            flags,
            window: u16::try_from(sent.window_bytes >> scale).unwrap_or(u16::MAX),
            timestamps: [clock_ms(sent.at), own.echo_ms],
            greeting: is_greeting.then_some(self.greeting),
        };
        frame::write(&mut self.frame, &header, payload);
        let host = &self.hosts[sent.from.0 as usize];
        self.output.put(sent.at, self.sections.packet(host, sent.at, &self.frame));
    }

    fn write_segment(&mut self, sent: &Sent, sequence: u32, chunks: &[bytes::Bytes]) {
        let payload = chunks.concat();
        let packets = payload.chunks(NetworkConfig::MSS_BYTES as usize);
        let last = packets.len().saturating_sub(1);
        for (number, payload) in packets.enumerate() {
            let push = if number == last { PSH } else { 0 };
            let before = number as u32 * NetworkConfig::MSS_BYTES;
            self.write(sent, sequence.wrapping_add(before), ACK | push, payload);
        }
    }
}

impl<W: Write + Send> Observer for Capture<W> {
    fn begins(&mut self, cast: &Cast<'_>) {
        self.greeting = Greeting::new(NetworkConfig::MSS_BYTES, cast.scenario.network.receive_window_bytes);
        self.hosts.clone_from(&cast.hosts);
        self.identifications = vec![0; cast.hosts.len()];
        self.output.put(Time::ZERO, self.sections.begin(cast.scenario));
    }

    fn taps(&self, host: &CastHost) -> bool {
        match &self.peers {
            Some(peers) => host.peer.is_some_and(|peer| peers.contains(peer)),
            None => true,
        }
    }

    fn packet(&mut self, sent: &Sent) -> bool {
        if self.output.is_full() {
            self.output.stop(sent.at);
        }
        if !self.output.is_open() {
            return false;
        }
        let hosts = &self.hosts;
        let sequence = self.conversations.of(sent, |host| v4(hosts[host].address)).note(sent);
        match &sent.what {
            What::Attempt => self.write(sent, sequence, SYN, &[]),
            What::Acceptance => self.write(sent, sequence, SYN | ACK, &[]),
            What::Refusal | What::Reset => self.write(sent, sequence, RST | ACK, &[]),
            What::Segment(chunks) => self.write_segment(sent, sequence, chunks),
            What::End => self.write(sent, sequence, FIN | ACK, &[]),
            What::Acknowledgement(_) => self.write(sent, sequence, ACK, &[]),
        }
        true
    }
}

/// Every simulated host has an address of IPv4.
fn v4(address: SocketAddr) -> SocketAddrV4 {
    match address {
        SocketAddr::V4(address) => address,
        SocketAddr::V6(address) => SocketAddrV4::new(std::net::Ipv4Addr::UNSPECIFIED, address.port()),
    }
}
