//! Reads a capture back: blocks by pcap-file, headers and checksums here, from the RFCs and not from the writer.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use pcap_file::DataLink;
use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionOption;
use pcap_file::pcapng::{Block, PcapNgReader};

/// One packet.
#[derive(Clone, Debug)]
pub struct Packet {
    pub at: Duration,
    pub interface: String,
    pub from: SocketAddrV4,
    pub to: SocketAddrV4,
    pub sequence: u32,
    pub acknowledgement: u32,
    pub flags: u8,
    pub payload: Vec<u8>,
}

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const ACK: u8 = 16;

impl Packet {
    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// All packets of a file.
pub fn read(file: &[u8]) -> Vec<Packet> {
    let mut reader = PcapNgReader::new(file).unwrap();
    let mut interfaces: Vec<String> = Vec::new();
    let mut packets = Vec::new();
    while let Some(block) = reader.next_block() {
        match block.unwrap() {
            Block::InterfaceDescription(interface) => {
                assert_eq!(interface.linktype, DataLink::ETHERNET);
                assert!(interface.options.contains(&InterfaceDescriptionOption::IfTsResol(9)));
                let name = interface.options.iter().find_map(|option| match option {
                    InterfaceDescriptionOption::IfName(name) => Some(name.to_string()),
                    _ => None,
                });
                interfaces.push(name.expect("interfaces are named"));
            }
            Block::EnhancedPacket(packet) => {
                assert_eq!(packet.original_len as usize, packet.data.len());
                let interface = interfaces[packet.interface_id as usize].clone();
                packets.push(dissect(packet.timestamp, interface, &packet.data));
            }
            Block::NameResolution(_) => {}
            other => panic!("{other:?}"),
        }
    }
    packets
}

fn dissect(at: Duration, interface: String, frame: &[u8]) -> Packet {
    let (ethernet, ip) = frame.split_at(14);
    assert_eq!(ethernet[12..], [8, 0], "IPv4");
    assert_eq!(ip[0], 0x45);
    assert_eq!(word(ip, 2) as usize, ip.len());
    assert!(ip.len() <= 1500, "Ethernet's MTU");
    assert_eq!(folded(&[&ip[..20]]), 0xffff, "the header's checksum");
    assert_eq!(ip[9], 6, "TCP");
    let tcp = &ip[20..];
    let pseudo_header = [&ip[12..20], &[0, 6], &(tcp.len() as u16).to_be_bytes()];
    assert_eq!(
        folded(&[pseudo_header[0], pseudo_header[1], pseudo_header[2], tcp]),
        0xffff,
        "TCP's checksum"
    );
    let header_bytes = usize::from(tcp[12] >> 4) * 4;
    let socket = |ip: &[u8], port: u16| SocketAddrV4::new(Ipv4Addr::new(ip[0], ip[1], ip[2], ip[3]), port);
    Packet {
        at,
        interface,
        from: socket(&ip[12..16], word(tcp, 0)),
        to: socket(&ip[16..20], word(tcp, 2)),
        sequence: u32::from_be_bytes(tcp[4..8].try_into().unwrap()),
        acknowledgement: u32::from_be_bytes(tcp[8..12].try_into().unwrap()),
        flags: tcp[13],
        payload: tcp[header_bytes..].to_vec(),
    }
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// RFC 1071: the sum of everything with its checksum in it is all ones.
fn folded(parts: &[&[u8]]) -> u32 {
    let sum: u32 = parts
        .iter()
        .flat_map(|part| part.chunks(2))
        .fold(0, |sum, pair| sum + (u32::from(pair[0]) << 8) + pair.get(1).map_or(0, |&low| u32::from(low)));
    (sum & 0xffff) + (sum >> 16)
}

/// One direction of a stream, put together.
#[derive(Clone, Debug, Default)]
pub struct Direction {
    start: Option<u32>,
    pub bytes: Vec<u8>,
    /// Bytes that were sent again.
    pub repeated: usize,
    pub has_ended: bool,
    pub was_reset: bool,
}

/// A stream: who began it, with whom, and what each of the two said.
#[derive(Clone, Debug)]
pub struct Stream {
    pub sockets: [SocketAddrV4; 2],
    pub directions: [Direction; 2],
    pub is_accepted: bool,
}

/// The streams of a capture in the order in which they were begun, each packet held against TCP's rules.
pub fn streams(packets: &[Packet]) -> Vec<Stream> {
    let mut streams: Vec<Stream> = Vec::new();
    let mut of: BTreeMap<[SocketAddrV4; 2], usize> = BTreeMap::new();
    for packet in packets {
        let pair = [packet.from, packet.to];
        if packet.has(SYN) && !packet.has(ACK) && !of.contains_key(&pair) {
            of.insert(pair, streams.len());
            let directions = [Direction::default(), Direction::default()];
            streams.push(Stream { sockets: pair, directions, is_accepted: false });
        }
        let (at, from) = match of.get(&pair) {
            Some(&at) => (at, 0),
            None => (of[&[packet.to, packet.from]], 1),
        };
        streams[at].note(packet, from);
    }
    streams
}

impl Stream {
    fn note(&mut self, packet: &Packet, from: usize) {
        let [mut own, mut other] = self.directions.each_mut();
        if from == 1 {
            std::mem::swap(&mut own, &mut other);
        }
        let is_refusal = packet.has(RST) && own.start.is_none();
        if let Some(start) = other.start.filter(|_| packet.has(ACK) && !is_refusal) {
            let received = packet.acknowledgement.wrapping_sub(start).wrapping_sub(1);
            let most = other.bytes.len() + usize::from(other.has_ended);
            assert!(received as usize <= most, "{packet:?} acknowledges what was not sent");
        }
        if packet.has(SYN) {
            assert!(own.start.is_none_or(|start| start == packet.sequence), "attempts are alike");
            own.start = Some(packet.sequence);
            self.is_accepted |= from == 1;
            return;
        }
        if packet.has(RST) {
            own.was_reset = true;
            return;
        }
        let start = own.start.expect("it was greeted before");
        let at = packet.sequence.wrapping_sub(start).wrapping_sub(1) as usize;
        assert!(at <= own.bytes.len() + usize::from(own.has_ended), "{packet:?} leaves something out");
        let known = own.bytes.len().min(at + packet.payload.len());
        if at < known {
            assert_eq!(own.bytes[at..known], packet.payload[..known - at], "what is sent again is the same");
            own.repeated += known - at;
        }
        own.bytes.extend(packet.payload.iter().skip(known.saturating_sub(at)));
        own.has_ended |= packet.has(FIN);
    }
}
