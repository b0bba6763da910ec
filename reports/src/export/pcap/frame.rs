//! Ethernet, IPv4 and TCP around a payload, as Linux would send it.

use std::net::{Ipv4Addr, SocketAddrV4};

/// TCP's flags (RFC 9293, section 3.1).
pub const FIN: u8 = 0x01;
pub const SYN: u8 = 0x02;
pub const RST: u8 = 0x04;
pub const PSH: u8 = 0x08;
pub const ACK: u8 = 0x10;

/// IPv4's number among Ethernet's types.
const ETHER_TYPE: [u8; 2] = [0x08, 0x00];
/// IPv4's header without options, in bytes.
const IP_HEADER_BYTES: usize = 20;
/// TCP's header without options, in bytes.
const TCP_HEADER_BYTES: usize = 20;
/// Don't fragment (RFC 791): Linux discovers the path's MTU.
const DONT_FRAGMENT: u16 = 0x4000;
/// Linux's `ip_default_ttl`.
const TIME_TO_LIVE: u8 = 64;
/// TCP's number among the protocols over IP.
const PROTOCOL: u8 = 6;
/// The options of every segment: two of no operation, and the timestamps (RFC 7323).
const TIMESTAMP_BYTES: u16 = 12;

/// RFC 7323, section 2.3.
const WINDOW_SCALE_MAX: u32 = 14;

/// What is not payload.
#[derive(Clone, Debug)]
pub struct Header {
    pub from: SocketAddrV4,
    pub to: SocketAddrV4,
    /// Of the packet among those of its host.
    pub identification: u16,
    pub sequence: u32,
    pub acknowledgement: u32,
    pub flags: u8,
    pub window: u16,
    /// The clock of the sender, in milliseconds, and the last one that it has heard.
    pub timestamps: [u32; 2],
    /// What is said in the first packet of each side only.
    pub greeting: Option<Greeting>,
}

/// What each side says of itself once.
#[derive(Clone, Copy, Debug)]
pub struct Greeting {
    /// Payload of a full packet without options, in bytes.
    pub segment_bytes_max: u16,
    /// By how many bits windows are scaled (RFC 7323).
    pub window_scale: u8,
}

impl Greeting {
    /// For packets that carry so much payload beside the timestamps, and windows of so many bytes.
    pub fn new(mss_bytes: u32, window_bytes: u32) -> Greeting {
        let segment_bytes_max = u16::try_from(mss_bytes).unwrap_or(u16::MAX).saturating_add(TIMESTAMP_BYTES);
        let bits = u32::BITS - (window_bytes >> 16).leading_zeros();
        Greeting { segment_bytes_max, window_scale: bits.min(WINDOW_SCALE_MAX) as u8 }
    }
}

/// Ethernet's address of a host: locally administered, with the IPv4 address in it.
pub fn mac(ip: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = ip.octets();
    [2, 0, a, b, c, d]
}

/// Writes the frame over what is in `frame`.
pub fn write(frame: &mut Vec<u8>, header: &Header, payload: &[u8]) {
    let options = options(header);
    let tcp_bytes = TCP_HEADER_BYTES + options.len() + payload.len();
    frame.clear();
    frame.extend(mac(*header.to.ip()));
    frame.extend(mac(*header.from.ip()));
    frame.extend(ETHER_TYPE);
    ip(frame, header, IP_HEADER_BYTES + tcp_bytes);

    let tcp = frame.len();
    frame.extend(header.from.port().to_be_bytes());
    frame.extend(header.to.port().to_be_bytes());
    frame.extend(header.sequence.to_be_bytes());
    frame.extend(header.acknowledgement.to_be_bytes());
    let words = (TCP_HEADER_BYTES + options.len()) / 4;
    frame.extend([(words << 4) as u8, header.flags]);
    frame.extend(header.window.to_be_bytes());
    frame.extend([0; 4]); // the checksum, and nothing urgent
    frame.extend(options);
    frame.extend(payload);
    let pseudo_header = sum(&header.from.ip().octets())
        + sum(&header.to.ip().octets())
        + u64::from(PROTOCOL)
        + tcp_bytes as u64;
    let checksum = checksum(pseudo_header + sum(&frame[tcp..]));
    frame[tcp + 16..tcp + 18].copy_from_slice(&checksum.to_be_bytes());
}

fn ip(frame: &mut Vec<u8>, header: &Header, total_bytes: usize) {
    let start = frame.len();
    frame.extend([0x45, 0]); // version 4, five words
    frame.extend((total_bytes as u16).to_be_bytes());
    frame.extend(header.identification.to_be_bytes());
    frame.extend(DONT_FRAGMENT.to_be_bytes());
    frame.extend([TIME_TO_LIVE, PROTOCOL, 0, 0]);
    frame.extend(header.from.ip().octets());
    frame.extend(header.to.ip().octets());
    let checksum = checksum(sum(&frame[start..]));
    frame[start + 10..start + 12].copy_from_slice(&checksum.to_be_bytes());
}

/// Options in the order in which Linux has them; their numbers are IANA's.
fn options(header: &Header) -> Vec<u8> {
    let mut options = Vec::with_capacity(20);
    if let Some(greeting) = header.greeting {
        options.extend([2, 4]);
        options.extend(greeting.segment_bytes_max.to_be_bytes());
    }
    options.extend([1, 1, 8, 10]);
    header.timestamps.iter().for_each(|clock| options.extend(clock.to_be_bytes()));
    if let Some(greeting) = header.greeting {
        options.extend([1, 3, 3, greeting.window_scale]);
    }
    options
}

/// The sum of big-endian words that RFC 1071 asks for, the last one filled up with zero.
fn sum(bytes: &[u8]) -> u64 {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let last = rest.first().map_or(0, |&byte| u64::from(byte) << 8);
    pairs.iter().map(|&pair| u64::from(u16::from_be_bytes(pair))).sum::<u64>() + last
}

fn checksum(mut sum: u64) -> u16 {
    while sum >> 16 > 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 1071, section 3: the bytes and their sum.
    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(checksum(sum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])), !0xddf2);
        assert_eq!(sum(&[0x12, 0x34, 0x56]), 0x1234 + 0x5600);
    }

    #[test]
    fn windows_of_any_size_fit() {
        for (window_bytes, scale) in [(0, 0), (65_535, 0), (65_536, 1), (1 << 20, 5), (1 << 30, 14)] {
            let greeting = Greeting::new(1448, window_bytes);
            assert_eq!((greeting.segment_bytes_max, greeting.window_scale), (1460, scale));
            assert!(window_bytes >> scale <= 65_536);
        }
    }
}
