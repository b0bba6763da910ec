//! Resume data are refused, or are written as they were understood; with a right checksum, too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sha1::{Digest, Sha1};
use swarmlab_engine::bencode::Tree;
use swarmlab_engine::metainfo::{FileSelection, Info};
use swarmlab_engine::resume::ResumeData;

fuzz_target!(|input: &[u8]| {
    assert!(ResumeData::decode(input).is_err(), "nobody guesses a SHA-1");
    let checksum = Sha1::digest(input);
    let whole =
        Tree::dict([("checksum", Tree::from(&checksum[..])), ("resume", Tree::Encoded(input))]).encode();
    let Ok(data) = ResumeData::decode(&whole) else { return };
    assert_eq!(ResumeData::decode(&data.encode()).ok().as_ref(), Some(&data));
    let Some(Ok(info)) = data.metadata.clone().map(Info::read) else { return };
    if let Ok(held) = data.trust(&info, &FileSelection::all(), &data.files) {
        assert!(held.len() <= info.geometry().piece_count);
        assert_eq!(data.info_hash, info.hash());
    }
});
