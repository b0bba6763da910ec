//! What is served, and to whom, as files say it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::tracker::server::{Access, AllowedPeers, KEY_BYTES_MAX, NetworkError};

use crate::command::{read_limited, read_torrent};
use crate::failure::Failure;
use crate::text::printable;

use super::Arguments;

/// The longest list: a million torrents.
const LIST_BYTES_MAX: u64 = 64 << 20;

/// What the files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// The torrents, if they are limited.
    pub torrents: Option<BTreeSet<InfoHash>>,
    /// The peers, if they are.
    pub peers: Option<AllowedPeers>,
}

impl Lists {
    /// Reads what the arguments name.
    pub fn read(arguments: &Arguments) -> Result<Lists, Failure> {
        Ok(Lists {
            torrents: arguments.allow_torrents.as_deref().map(torrents).transpose()?,
            peers: arguments.allow_peers.as_deref().map(peers).transpose()?,
        })
    }

    /// The same in the words of the tracker.
    pub fn access(&self) -> Access {
        Access { torrents: self.torrents.clone(), peers: self.peers.clone() }
    }
}

fn torrents(path: &Path) -> Result<BTreeSet<InfoHash>, Failure> {
    if path.is_dir() {
        return of_folder(path);
    }
    let mut torrents = BTreeSet::new();
    let remedy = "a line is an info-hash, 40 hex digits; `swarmlab show FILE.torrent` prints it";
    each_line(path, remedy, |line| {
        torrents.insert(line.parse().map_err(|_| "not an info-hash")?);
        Ok(())
    })?;
    Ok(torrents)
}

fn of_folder(folder: &Path) -> Result<BTreeSet<InfoHash>, Failure> {
    let failed = |error| Failure::file("read", folder, error);
    let mut torrents = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "torrent") {
            torrents.insert(read_torrent(&path)?.info.hash());
        }
    }
    Ok(torrents)
}

fn peers(path: &Path) -> Result<AllowedPeers, Failure> {
    let remedy = "a line is an address, a network like 192.0.2.0/24, or `key` and a word";
    let mut allowed = AllowedPeers::default();
    each_line(path, remedy, |line| {
        match line.split_once(char::is_whitespace) {
            Some(("key", key)) => drop(allowed.keys.insert(read_key(key.trim())?)),
            _ => allowed.networks.push(line.parse().map_err(|error: NetworkError| error.to_string())?),
        }
        Ok(())
    })?;
    Ok(allowed)
}

fn read_key(key: &str) -> Result<Arc<str>, String> {
    if key.len() > KEY_BYTES_MAX {
        return Err(format!("a key has at most {KEY_BYTES_MAX} bytes"));
    }
    if key.contains(|c: char| c.is_whitespace() || "/?".contains(c)) {
        return Err("a key has no spaces, and none of / and ?".to_owned());
    }
    Ok(key.into())
}

/// All lines of a list, but for comments; the first mistake is told with its place.
fn each_line(
    path: &Path,
    remedy: &str,
    mut read: impl FnMut(&str) -> Result<(), String>,
) -> Result<(), Failure> {
    let bytes = read_limited(path, LIST_BYTES_MAX + 1)?;
    if bytes.len() as u64 > LIST_BYTES_MAX {
        return Err(Failure::wrong_use(format_args!("{} is longer than 64 MiB", path.display())));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::wrong_use(format_args!("{} is not text", path.display())).remedy(remedy))?;
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if !line.is_empty() {
            read(line).map_err(|error| {
                let (at, shown) = (number + 1, printable(line));
                Failure::wrong_use(format_args!("{}:{at}: `{shown}`: {error}", path.display())).remedy(remedy)
            })?;
        }
    }
    Ok(())
}
