//! What must hold of every torrent that is accepted.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use swarmlab_engine::metainfo::Info;

/// The sizes add up, and every file has a place of its own below the target folder.
///
/// # Panics
/// When something of that doesn't hold.
pub fn check(info: &Info) {
    let geometry = info.geometry();
    assert_eq!(info.piece_hashes().len(), geometry.piece_count as usize);
    assert_eq!(info.files().iter().map(|file| file.length).sum::<u64>(), geometry.total_length);
    let mut files = BTreeSet::new();
    let mut folders = BTreeSet::new();
    for file in info.files().iter().filter(|file| !file.padding) {
        for name in &file.path {
            let mut components = Path::new(name).components();
            assert_eq!(components.next(), Some(Component::Normal(name.as_ref())), "{name:?}");
            assert_eq!(components.next(), None, "{name:?}");
            assert!(!name.contains(['/', '\\', '\0']), "{name:?}");
        }
        let folded: Vec<String> = file.path.iter().map(|name| name.to_lowercase()).collect();
        folders.extend((1..folded.len()).map(|depth| folded[..depth].to_vec()));
        assert!(files.insert(folded), "{:?} stands twice", file.path);
    }
    assert!(files.is_disjoint(&folders), "a path is both a file and a folder");
}
