//! Magnet links (BEP 9): a torrent by its info-hash, and where to find somebody who has it. `so`, the files to select
//! (BEP 53), is read and written.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use crate::percent;

use super::{FileSelection, InfoHash, TRACKER_URL_BYTES_MAX, TRACKERS_MAX};

/// The longest link that is read, in bytes: as many trackers of usual length as a torrent may have.
pub const MAGNET_BYTES_MAX: usize = 64 << 10;
/// Peers kept of a link; what goes beyond is dropped.
pub const MAGNET_PEERS_MAX: usize = 100;

const SCHEME: &str = "magnet:?";
const TOPIC: &str = "urn:btih:";
/// Version 2 torrents (BEP 52) are named so.
const TOPIC_2: &str = "urn:btmh:";

/// What a magnet link says. Everything but the info-hash is advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Magnet {
    /// `xt`: the torrent.
    pub info_hash: InfoHash,
    /// `dn`: a name to show until the torrent's own is known.
    pub name: Option<String>,
    /// `tr`: trackers.
    pub trackers: Vec<String>,
    /// `x.pe`: peers, by address; those given by a host's name are left out.
    pub peers: Vec<SocketAddr>,
    /// `so`: the files to download, by their places in the torrent (BEP 53); all, if nothing is said.
    pub select: FileSelection,
}

/// Why text is no magnet link that this client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MagnetError {
    /// It does not begin as one.
    #[error("a magnet link begins with `{SCHEME}`")]
    Scheme,
    /// More than [`MAGNET_BYTES_MAX`].
    #[error("a magnet link of more than {MAGNET_BYTES_MAX} bytes")]
    TooLong,
    /// A `%` without two hex digits, or what it stands for is no text.
    #[error("a broken escape (%) in a magnet link")]
    Escape,
    /// It names no torrent.
    #[error("a magnet link without `xt={TOPIC}…`")]
    NoTopic,
    /// It names a torrent only by the hash of BEP 52.
    #[error("a magnet link of a version 2 torrent (BEP 52), which is not supported")]
    Version2Only,
    /// Neither 40 hex digits nor 32 letters and digits of base 32.
    #[error("the info-hash behind `{TOPIC}` has neither 40 hex digits nor 32 characters of base 32")]
    InfoHash,
    /// Not numbers and ranges of numbers with commas between them, or more than [`super::FILE_RANGES_MAX`].
    #[error("`so` lists files like 0,2,4-7")]
    Select,
}

impl Magnet {
    /// A link that names the torrent and nothing else.
    pub fn new(info_hash: InfoHash) -> Magnet {
        Magnet {
            info_hash,
            name: None,
            trackers: Vec::new(),
            peers: Vec::new(),
            select: FileSelection::all(),
        }
    }

    /// Text that is meant as a magnet link, well-formed or not.
    pub fn is_meant(text: &str) -> bool {
        text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("magnet:"))
    }
}

impl FromStr for Magnet {
    type Err = MagnetError;

    fn from_str(text: &str) -> Result<Magnet, MagnetError> {
        let has_scheme = text.get(..SCHEME.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(SCHEME));
        if !has_scheme {
            return Err(MagnetError::Scheme);
        }
        if text.len() > MAGNET_BYTES_MAX {
            return Err(MagnetError::TooLong);
        }
        let mut topics = Vec::new();
        let mut magnet = Magnet::new(InfoHash([0; 20]));
        for parameter in text[SCHEME.len()..].split('&') {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            // `xt.1`, `tr.2` and so on are what several of one kind are called.
            let kind = key.split_once('.').filter(|(kind, _)| *kind != "x").map_or(key, |(kind, _)| kind);
            match kind {
                "xt" => topics.push(unescape(value)?),
                "dn" => magnet.name = Some(unescape(&value.replace('+', " "))?),
                "tr" => {
                    let url = unescape(value)?;
                    let fits = !url.is_empty() && url.len() <= TRACKER_URL_BYTES_MAX;
                    if fits && magnet.trackers.len() < TRACKERS_MAX && !magnet.trackers.contains(&url) {
                        magnet.trackers.push(url);
                    }
                }
                "x.pe" if magnet.peers.len() < MAGNET_PEERS_MAX => {
                    magnet.peers.extend(unescape(value)?.parse::<SocketAddr>());
                }
                "so" => magnet.select = unescape(value)?.parse().map_err(|_| MagnetError::Select)?,
                _ => {}
            }
        }
        magnet.info_hash = read_topics(&topics)?;
        Ok(magnet)
    }
}

impl fmt::Display for Magnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}xt={TOPIC}{}", self.info_hash)?;
        let escaped = |text: &str| {
            let mut out = String::new();
            percent::encode(text.as_bytes(), &mut out);
            out
        };
        if let Some(name) = &self.name {
            write!(f, "&dn={}", escaped(name))?;
        }
        self.trackers.iter().try_for_each(|url| write!(f, "&tr={}", escaped(url)))?;
        self.peers.iter().try_for_each(|peer| write!(f, "&x.pe={peer}"))?;
        if self.select.is_all() { Ok(()) } else { write!(f, "&so={}", self.select) }
    }
}

fn unescape(value: &str) -> Result<String, MagnetError> {
    let bytes = percent::decode(value.as_bytes()).ok_or(MagnetError::Escape)?;
    String::from_utf8(bytes).map_err(|_| MagnetError::Escape)
}

/// The first torrent that is named; a hybrid is named twice.
fn read_topics(topics: &[String]) -> Result<InfoHash, MagnetError> {
    let behind = |prefix: &str, topic: &String| -> Option<String> {
        let begins = topic.get(..prefix.len())?.eq_ignore_ascii_case(prefix);
        begins.then(|| topic[prefix.len()..].to_owned())
    };
    match topics.iter().find_map(|topic| behind(TOPIC, topic)) {
        Some(hash) => hash.parse().ok().or_else(|| base_32(&hash)).ok_or(MagnetError::InfoHash),
        None if topics.iter().any(|topic| behind(TOPIC_2, topic).is_some()) => Err(MagnetError::Version2Only),
        None => Err(MagnetError::NoTopic),
    }
}

/// 32 characters of base 32 (RFC 4648), as links of old have them.
fn base_32(text: &str) -> Option<InfoHash> {
    if text.len() != 32 {
        return None;
    }
    let mut hash = [0; 20];
    for (bytes, group) in hash.as_chunks_mut::<5>().0.iter_mut().zip(text.as_bytes().as_chunks::<8>().0) {
        let mut bits = 0u64;
        for character in group {
            let digit = match character.to_ascii_uppercase() {
                letter @ b'A'..=b'Z' => letter - b'A',
                digit @ b'2'..=b'7' => digit - b'2' + 26,
                _ => return None,
            };
            bits = bits << 5 | u64::from(digit);
        }
        bytes.copy_from_slice(&bits.to_be_bytes()[3..]);
    }
    Some(InfoHash(hash))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a";

    prop_compose! {
        fn anything()(
            hash: [u8; 20],
            name in proptest::option::of(any::<String>()),
            trackers in proptest::collection::btree_set("[ -~é]{1,40}", 0..4),
            peers in proptest::collection::vec((any::<std::net::IpAddr>(), any::<u16>()), 0..4),
            select in proptest::collection::vec((0..100u32, 0..5u32), 0..5),
        ) -> Magnet {
            Magnet {
                info_hash: InfoHash(hash),
                name,
                trackers: trackers.into_iter().collect(),
                peers: peers.into_iter().map(SocketAddr::from).collect(),
                select: select.into_iter().map(|(first, more)| first..=first + more).collect(),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(magnet in anything()) {
            prop_assert_eq!(magnet.to_string().parse(), Ok(magnet));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String, more in "(&?(xt|xt.1|dn|tr|x.pe|so)=[ -~]{0,20}){0,6}") {
            let _ = text.parse::<Magnet>();
            if let Ok(magnet) = format!("{HEX}{more}").parse::<Magnet>() {
                prop_assert_eq!(magnet.to_string().parse(), Ok(magnet));
            }
        }
    }

    #[test]
    fn the_forms_that_are_seen_are_read() {
        let plain = Magnet::new("c12fe1c06bba254a9dc9f519b335aa7c1367a88a".parse().unwrap());
        for text in [
            HEX,
            "MAGNET:?xt=urn:btih:C12FE1C06BBA254A9DC9F519B335AA7C1367A88A",
            "magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK",
            "magnet:?xt=urn:btih:yex6dqdlxisuvhoj6um3gnnkpqjwpkek&unknown=1",
            "magnet:?xt.1=urn%3Abtih%3Ac12fe1c06bba254a9dc9f519b335aa7c1367a88a&xt.2=urn:btmh:1220caf1",
        ] {
            assert_eq!(text.parse().as_ref(), Ok(&plain), "{text}");
        }
        let full = format!(
            "{HEX}&dn=big+bunny%21&tr=http%3A%2F%2Fa%2Fannounce&tr.1=udp://b:1&x.pe=10.0.0.1:6881\
             &x.pe=%5B::1%5D:7&x.pe=host.example:6881&so=0,2,4-6"
        );
        let magnet: Magnet = full.parse().unwrap();
        assert_eq!(magnet.name.as_deref(), Some("big bunny!"));
        assert_eq!(magnet.trackers, ["http://a/announce", "udp://b:1"]);
        assert_eq!(magnet.peers, ["10.0.0.1:6881".parse().unwrap(), "[::1]:7".parse().unwrap()]);
        assert_eq!(magnet.select.ranges(), [0..=0, 2..=2, 4..=6]);
    }

    #[test]
    fn malformed_links_are_refused() {
        let ranges = vec!["1"; crate::metainfo::FILE_RANGES_MAX + 1].join(",");
        let cases = [
            ("", MagnetError::Scheme),
            ("http://a/b.torrent", MagnetError::Scheme),
            ("magnet:", MagnetError::Scheme),
            ("magnet:?", MagnetError::NoTopic),
            ("magnet:?xt=urn:sha1:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK", MagnetError::NoTopic),
            ("magnet:?xt=urn:btmh:1220caf1", MagnetError::Version2Only),
            ("magnet:?xt=urn:btih:", MagnetError::InfoHash),
            ("magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88", MagnetError::InfoHash),
            ("magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE1", MagnetError::InfoHash),
            (&format!("{HEX}&dn=%zz"), MagnetError::Escape),
            (&format!("{HEX}&tr=%ff"), MagnetError::Escape),
            (&format!("{HEX}&so="), MagnetError::Select),
            (&format!("{HEX}&so=3-1"), MagnetError::Select),
            (&format!("{HEX}&so=1-"), MagnetError::Select),
            (&format!("{HEX}&so={ranges}"), MagnetError::Select),
            (&format!("{HEX}&dn={}", "a".repeat(MAGNET_BYTES_MAX)), MagnetError::TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<Magnet>(), Err(error), "{}", &text[..text.len().min(80)]);
        }
    }

    #[test]
    fn what_goes_beyond_the_bounds_is_dropped() {
        let many = |key: &str, value: fn(usize) -> String| {
            (0..1_000).map(|at| format!("&{key}={}", value(at))).collect::<String>()
        };
        let peers = many("x.pe", |at| format!("10.0.0.1:{}", at + 1));
        let trackers = many("tr", |at| format!("http://{at}/"));
        let magnet: Magnet = format!("{HEX}{peers}{trackers}").parse().unwrap();
        assert_eq!((magnet.peers.len(), magnet.trackers.len()), (MAGNET_PEERS_MAX, TRACKERS_MAX));
    }
}
