//! The blocks of the file: what it is, the interfaces with their names, and the packets.

use std::borrow::Cow;

use pcap_file::pcapng::blocks::Block;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::name_resolution::{Ipv4Record, NameResolutionBlock, Record};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{PcapNgBlock, PcapNgWriter};
use pcap_file::{DataLink, Endianness};
use swarmlab_engine::time::Time;
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::world::CastHost;

use super::{frame, v4};

/// Timestamps count units of 10⁻⁹ s.
const NANOSECONDS: u8 = 9;
/// The mask of 10.0.0.0/8, in which all simulated hosts are.
const MASK: [u8; 4] = [255, 0, 0, 0];

/// Encodes blocks in little-endian order on every machine, and knows which interfaces the file has.
pub struct Sections {
    encoder: PcapNgWriter<Vec<u8>>,
    /// By host, the number of its interface.
    interfaces: Vec<Option<u32>>,
    count: u32,
}

impl Sections {
    /// Nothing is encoded yet.
    pub fn new() -> Sections {
        let header = SectionHeaderBlock { endianness: Endianness::Little, ..Default::default() };
        let encoder = PcapNgWriter::with_section_header(Vec::new(), header);
        let encoder = encoder.expect("memory can be written to");
        Sections { encoder, interfaces: Vec::new(), count: 0 }
    }

    /// What the file is.
    pub fn begin(&mut self, scenario: &Scenario) -> &[u8] {
        let comment = format!(
            "Scenario {}, seed {}. Simulated time, from 1970-01-01 00:00 UTC on. Each packet is here once, at the \
             interface of its sender, when it was handed to the uplink.",
            scenario.name, scenario.seed
        );
        let application = concat!("swarmlab ", env!("CARGO_PKG_VERSION"));
        self.encoder.get_mut().clear();
        self.encode(SectionHeaderBlock {
            endianness: Endianness::Little,
            options: vec![
                SectionHeaderOption::Comment(comment.into()),
                SectionHeaderOption::UserApplication(application.into()),
            ],
            ..Default::default()
        });
        self.encoder.get_ref()
    }

    /// A packet at the interface of `host`, and before the first one the interface itself.
    pub fn packet(&mut self, host: &CastHost, at: Time, frame: &[u8]) -> &[u8] {
        self.encoder.get_mut().clear();
        let interface_id = self.interface(host);
        self.encode(EnhancedPacketBlock {
            interface_id,
            timestamp: at.since(Time::ZERO),
            original_len: frame.len() as u32,
            data: Cow::Borrowed(frame),
            options: Vec::new(),
        });
        self.encoder.get_ref()
    }

    fn interface(&mut self, host: &CastHost) -> u32 {
        let place = host.host.0 as usize;
        if self.interfaces.len() <= place {
            self.interfaces.resize(place + 1, None);
        }
        if let Some(number) = self.interfaces[place] {
            return number;
        }
        let ip = *v4(host.address).ip();
        self.encode(InterfaceDescriptionBlock {
            linktype: DataLink::ETHERNET,
            snaplen: 0,
            options: vec![
                InterfaceDescriptionOption::IfName(host.name.as_str().into()),
                InterfaceDescriptionOption::IfIpv4Addr([ip.octets(), MASK].concat().into()),
                InterfaceDescriptionOption::IfMacAddr(frame::mac(ip).to_vec().into()),
                InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
            ],
        });
        self.encode(NameResolutionBlock {
            records: vec![Record::Ipv4(Ipv4Record {
                ip_addr: ip.octets().to_vec().into(),
                names: vec![host.name.as_str().into()],
            })],
            options: Vec::new(),
        });
        let number = self.count;
        self.count += 1;
        self.interfaces[place] = Some(number);
        number
    }

    fn encode<'a>(&mut self, block: impl PcapNgBlock<'a>) {
        let block: Block<'a> = block.into_block();
        self.encoder.write_block(&block).expect("memory can be written to, and the interface is there");
    }
}
