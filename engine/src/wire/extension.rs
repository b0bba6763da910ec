//! The extension handshake (BEP 10): a dictionary in which each side says what it speaks, under which numbers, and how
//! much it bears. It may be said again; what a later one leaves out stays as it was.

use std::net::IpAddr;

use bytes::Bytes;

use crate::bencode::{self, Dict, Limits, Tree, Value};

/// The message number of the extension handshake within EXTENDED.
pub const HANDSHAKE_ID: u8 = 0;
/// The number under which we take messages of peer exchange (libtorrent's too, as if that were a rule).
pub const UT_PEX_ID: u8 = 1;
/// The number under which we take messages of the metadata exchange.
pub const UT_METADATA_ID: u8 = 2;

const UT_PEX: &str = "ut_pex";
const UT_METADATA: &str = "ut_metadata";

/// What one side says of itself. Fields that are absent or malformed are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtensionHandshake {
    /// `m`, `ut_metadata`: the number of its messages (BEP 9); 0 takes them back.
    pub ut_metadata: Option<u8>,
    /// `m`, `ut_pex`: the number of its messages (BEP 11); 0 takes them back.
    pub ut_pex: Option<u8>,
    /// `metadata_size`: bytes of the info dictionary, said by who has it (BEP 9).
    pub metadata_size: Option<u32>,
    /// `p`: the TCP port on which the sender accepts connections.
    pub listen_port: Option<u16>,
    /// `reqq`: requests that the sender holds for the receiver without dropping any.
    pub request_queue: Option<u32>,
    /// `upload_only`: the sender wants nothing (BEP 21).
    pub upload_only: Option<bool>,
    /// `v`: name and version of the client.
    pub client: Option<String>,
    /// `yourip`: from where the sender sees the receiver speak.
    pub your_ip: Option<IpAddr>,
}

impl ExtensionHandshake {
    /// The payload of the message.
    pub fn encode(&self) -> Bytes {
        let numbers = [(UT_METADATA, self.ut_metadata), (UT_PEX, self.ut_pex)];
        let spoken = numbers.into_iter().filter_map(|(name, id)| Some((name, Tree::Int(id?.into()))));
        let mut entries = vec![("m", Tree::dict(spoken))];
        entries.extend(self.metadata_size.map(|bytes| ("metadata_size", Tree::Int(bytes.into()))));
        entries.extend(self.listen_port.map(|port| ("p", Tree::Int(port.into()))));
        entries.extend(self.request_queue.map(|requests| ("reqq", Tree::Int(requests.into()))));
        entries.extend(self.upload_only.map(|only| ("upload_only", Tree::Int(only.into()))));
        entries.extend(self.client.as_deref().map(|client| ("v", Tree::from(client))));
        entries.extend(self.your_ip.map(|ip| ("yourip", compact(ip))));
        Tree::dict(entries).encode().into()
    }

    /// Reads the payload of the message; `None` if it is no dictionary within the limits.
    pub fn decode(payload: &[u8]) -> Option<ExtensionHandshake> {
        let (value, _) = bencode::decode_prefix(payload, Limits::MESSAGE).ok()?;
        let said = value.as_dict()?;
        let spoken = said.get(b"m").and_then(Value::as_dict);
        let id = |name: &str| u8::try_from(number(spoken?, name.as_bytes())?).ok();
        Some(ExtensionHandshake {
            ut_metadata: id(UT_METADATA),
            ut_pex: id(UT_PEX),
            metadata_size: number(said, b"metadata_size").and_then(|bytes| u32::try_from(bytes).ok()),
            listen_port: number(said, b"p")
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port != 0),
            request_queue: number(said, b"reqq").and_then(|requests| u32::try_from(requests).ok()),
            upload_only: number(said, b"upload_only").map(|only| only != 0),
            client: said.get(b"v").and_then(Value::as_str).map(str::to_owned),
            your_ip: said.get(b"yourip").and_then(Value::as_bytes).and_then(ip),
        })
    }
}

/// Four bytes, or sixteen.
fn compact(ip: IpAddr) -> Tree<'static> {
    match ip.to_canonical() {
        IpAddr::V4(ip) => Tree::from(ip.octets().to_vec()),
        IpAddr::V6(ip) => Tree::from(ip.octets().to_vec()),
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)).map(|ip| ip.to_canonical())
}

fn number(said: &Dict<'_>, key: &[u8]) -> Option<i64> {
    said.get(key).and_then(Value::as_int)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn anything()(
            ut_metadata: Option<u8>,
            ut_pex: Option<u8>,
            metadata_size: Option<u32>,
            listen_port in proptest::option::of(1u16..),
            request_queue: Option<u32>,
            upload_only: Option<bool>,
            client in proptest::option::of(".{0,20}"),
            your_ip: Option<IpAddr>,
        ) -> ExtensionHandshake {
            ExtensionHandshake {
                ut_metadata, ut_pex, metadata_size, listen_port, request_queue, upload_only, client,
                your_ip: your_ip.map(|ip| ip.to_canonical()),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_said_is_read(said in anything()) {
            prop_assert_eq!(ExtensionHandshake::decode(&said.encode()), Some(said));
        }
    }

    #[test]
    fn the_bytes_are_those_of_bep_10() {
        let said = ExtensionHandshake {
            ut_metadata: Some(UT_METADATA_ID),
            ut_pex: Some(UT_PEX_ID),
            metadata_size: Some(31_235),
            listen_port: Some(6881),
            request_queue: Some(500),
            upload_only: Some(true),
            client: Some("swarmlab 0.1".into()),
            your_ip: Some([1, 2, 3, 4].into()),
        };
        assert_eq!(
            &said.encode()[..],
            b"d1:md11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e4:reqqi500e\
              11:upload_onlyi1e1:v12:swarmlab 0.16:yourip4:\x01\x02\x03\x04e"
        );
    }

    #[test]
    fn nonsense_in_a_field_is_taken_as_absent() {
        let payload = b"d1:md11:ut_metadatai256e6:ut_pex1:1e13:metadata_sizei-1e1:pi70000e4:reqqi-1e\
                        11:upload_only1:11:v2:\xff\xfe6:yourip3:abce";
        assert_eq!(ExtensionHandshake::decode(payload), Some(ExtensionHandshake::default()));
        assert_eq!(ExtensionHandshake::decode(b"d1:mi3ee"), Some(ExtensionHandshake::default()));
        assert_eq!(ExtensionHandshake::decode(b"i1e"), None);
    }
}
