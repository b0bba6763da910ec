//! A torrent file: the info dictionary and what stands around it.

use bytes::Bytes;

use crate::bencode::{self, Limits, Tree, Value};

use super::{Error, Info, Magnet};

/// The most trackers kept of a torrent's announce-list; what goes beyond is dropped.
pub const TRACKERS_MAX: usize = 256;
/// The longest tracker URL kept, in bytes.
pub const TRACKER_URL_BYTES_MAX: usize = 2048;

/// A torrent. Everything beside `info` is advice: where it is malformed it is taken as absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metainfo {
    /// What the info-hash covers.
    pub info: Info,
    /// Trackers by tier (BEP 12), in the file's order; the tiers are not shuffled here. Without an announce-list it is
    /// `announce` alone. No tier is empty.
    pub tiers: Vec<Vec<String>>,
    /// When the torrent was made, in seconds since 1970 as the maker understood them.
    pub creation_date: Option<i64>,
    /// Free text.
    pub comment: Option<String>,
    /// The program that made the torrent.
    pub created_by: Option<String>,
}

impl Metainfo {
    /// Reads a torrent file.
    pub fn read(bytes: &[u8]) -> Result<Metainfo, Error> {
        let value = bencode::decode(bytes, Limits::TORRENT)?;
        let torrent = value.as_dict().ok_or(Error::Field("torrent"))?;
        let info = torrent.get(b"info").ok_or(Error::Field("info"))?;
        let text = |key: &[u8]| {
            let bytes = torrent.get(key).and_then(Value::as_bytes)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        Ok(Metainfo {
            info: Info::read(Bytes::copy_from_slice(info.raw()))?,
            tiers: read_tiers(torrent.get(b"announce"), torrent.get(b"announce-list")),
            creation_date: torrent.get(b"creation date").and_then(Value::as_int),
            comment: text(b"comment"),
            created_by: text(b"created by"),
        })
    }

    /// What a magnet link and the info dictionary that it led to say together: each tracker is a tier of its own, so
    /// that all are asked one after the other (BEP 12), as libtorrent has it.
    pub fn of_magnet(magnet: &Magnet, info: Info) -> Metainfo {
        let tiers = magnet.trackers.iter().map(|url| vec![url.clone()]).collect();
        Metainfo { info, tiers, creation_date: None, comment: None, created_by: None }
    }

    /// The link that leads to this torrent.
    pub fn magnet(&self) -> Magnet {
        Magnet {
            name: Some(self.info.name().to_owned()),
            trackers: self.tiers.concat(),
            ..Magnet::new(self.info.hash())
        }
    }

    /// The torrent file in canonical bencoding, with the info dictionary's bytes untouched.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut entries = vec![("info", Tree::Encoded(self.info.raw()))];
        let mut trackers = self.tiers.iter().flatten();
        entries.extend(trackers.next().map(|first| ("announce", Tree::from(first.as_str()))));
        if trackers.next().is_some() {
            let tier = |urls: &'_ Vec<String>| {
                Tree::list(urls.iter().map(|url| Tree::from(url.clone().into_bytes())))
            };
            entries.push(("announce-list", Tree::list(self.tiers.iter().map(tier))));
        }
        entries.extend(self.comment.as_deref().map(|text| ("comment", Tree::from(text))));
        entries.extend(self.created_by.as_deref().map(|text| ("created by", Tree::from(text))));
        entries.extend(self.creation_date.map(|date| ("creation date", Tree::from(date))));
        Tree::dict(entries).encode()
    }
}

fn read_tiers(announce: Option<&Value<'_>>, list: Option<&Value<'_>>) -> Vec<Vec<String>> {
    let mut left = TRACKERS_MAX;
    let mut tiers = Vec::new();
    for tier in list.and_then(Value::as_list).unwrap_or_default() {
        let urls = tier.as_list().unwrap_or_default().iter().filter_map(tracker_url);
        let urls: Vec<String> = urls.take(left).collect();
        left -= urls.len();
        if !urls.is_empty() {
            tiers.push(urls);
        }
    }
    if tiers.is_empty() {
        tiers.extend(announce.and_then(tracker_url).map(|url| vec![url]));
    }
    tiers
}

fn tracker_url(value: &Value<'_>) -> Option<String> {
    let url = value.as_str()?.trim();
    (!url.is_empty() && url.len() <= TRACKER_URL_BYTES_MAX).then(|| url.to_owned())
}
