//! A torrent file is refused, or has sizes that add up and paths that do no harm, and is written as it was read.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use swarmlab_engine::metainfo::{Info, InfoHash, Metainfo};
use swarmlab_fuzz::paths;

fuzz_target!(|input: &[u8]| {
    if let Ok(torrent) = Metainfo::read(input) {
        paths::check(&torrent.info);
        let raw = torrent.info.raw();
        assert!(input.windows(raw.len()).any(|window| window == raw), "the hash is over the original bytes");
        assert_eq!(torrent.info.hash(), InfoHash::of(raw));
        assert_eq!(Metainfo::read(&torrent.to_bytes()).as_ref(), Ok(&torrent));
    }
    if let Ok(info) = Info::read(Bytes::copy_from_slice(input)) {
        paths::check(&info);
        assert_eq!(&info.raw()[..], input);
    }
});
