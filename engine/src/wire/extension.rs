//! The extension handshake (BEP 10): a dictionary in which each side says what it speaks and how much it bears.

use bytes::Bytes;

use crate::bencode::{self, Dict, Limits, Tree, Value};

/// What one side says of itself. Fields that are absent or malformed are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtensionHandshake {
    /// `p`: the TCP port on which the sender accepts connections.
    pub listen_port: Option<u16>,
    /// `reqq`: requests that the sender holds for the receiver without dropping any.
    pub request_queue: Option<u32>,
    /// `v`: name and version of the client.
    pub client: Option<String>,
}

/// The message number of the extension handshake within EXTENDED.
pub const HANDSHAKE_ID: u8 = 0;

impl ExtensionHandshake {
    /// The payload of the message.
    pub fn encode(&self) -> Bytes {
        let mut entries = vec![("m", Tree::dict([]))];
        entries.extend(self.listen_port.map(|port| ("p", Tree::Int(port.into()))));
        entries.extend(self.request_queue.map(|requests| ("reqq", Tree::Int(requests.into()))));
        entries.extend(self.client.as_deref().map(|client| ("v", Tree::from(client))));
        Tree::dict(entries).encode().into()
    }

    /// Reads the payload of the message; `None` if it is no dictionary within the limits.
    pub fn decode(payload: &[u8]) -> Option<ExtensionHandshake> {
        let (value, _) = bencode::decode_prefix(payload, Limits::MESSAGE).ok()?;
        let said = value.as_dict()?;
        Some(ExtensionHandshake {
            listen_port: number(said, b"p")
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port != 0),
            request_queue: number(said, b"reqq").and_then(|requests| u32::try_from(requests).ok()),
            client: said.get(b"v").and_then(Value::as_str).map(str::to_owned),
        })
    }
}

fn number(said: &Dict<'_>, key: &[u8]) -> Option<i64> {
    said.get(key).and_then(Value::as_int)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read() {
        let said = ExtensionHandshake {
            listen_port: Some(6881),
            request_queue: Some(500),
            client: Some("swarmlab 0.1".into()),
        };
        assert_eq!(&said.encode()[..], b"d1:mde1:pi6881e4:reqqi500e1:v12:swarmlab 0.1e");
        assert_eq!(ExtensionHandshake::decode(&said.encode()), Some(said));
    }

    #[test]
    fn nonsense_in_a_field_is_taken_as_absent() {
        let payload = b"d1:mde1:pi70000e4:reqqi-1e1:v2:\xff\xfee";
        assert_eq!(ExtensionHandshake::decode(payload), Some(ExtensionHandshake::default()));
        assert_eq!(ExtensionHandshake::decode(b"i1e"), None);
    }
}
