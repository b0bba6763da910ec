//! What is kept is read again, and nothing that has changed is believed.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

const PIECE: i64 = 16_384;

/// Files of these lengths; every third is padding.
fn info(lengths: &[i64]) -> Info {
    let file = |(index, length): (usize, &i64)| {
        Tree::dict([
            ("attr", Tree::from(if index % 3 == 2 { "p" } else { "" })),
            ("length", Tree::Int(*length)),
            ("path", Tree::list([Tree::from(format!("{index}").into_bytes())])),
        ])
    };
    let pieces = lengths.iter().sum::<i64>().unsigned_abs().div_ceil(PIECE.unsigned_abs()) as usize;
    let info = Tree::dict([
        ("files", Tree::list(lengths.iter().enumerate().map(file))),
        ("name", Tree::from("t")),
        ("piece length", Tree::Int(PIECE)),
        ("pieces", Tree::from(vec![7; 20 * pieces])),
    ]);
    Info::read(info.encode().into()).unwrap()
}

fn lengths() -> impl Strategy<Value = Vec<i64>> {
    let length = prop_oneof![1 => Just(0), 4 => 1..3 * PIECE];
    (prop::collection::vec(length, 0..8), 1..PIECE).prop_map(|(mut lengths, first)| {
        lengths.insert(0, first);
        lengths
    })
}

/// A torrent, and what is kept of it: some pieces, and files where they are needed or by chance.
fn kept() -> impl Strategy<Value = (Info, ResumeData)> {
    let chances = (any::<[u8; 32]>(), prop::collection::vec((any::<bool>(), any::<u64>(), any::<i64>()), 10));
    (lengths(), chances, any::<bool>()).prop_map(|(lengths, (bits, stamps), keeps_metadata)| {
        let info = info(&lengths);
        let mut held = PieceSet::empty(info.geometry().piece_count);
        for piece in 0..info.geometry().piece_count {
            if bits[piece as usize % 32] & 1 << (piece % 7) != 0 {
                held.insert(piece);
            }
        }
        let stamp = |(file, (by_chance, length, changed_ns)): (&crate::metainfo::File, &(bool, u64, i64))| {
            let is_needed = info.pieces_of(file).any(|piece| held.contains(piece));
            let is_there = !file.padding && (is_needed || *by_chance);
            is_there.then_some(FileStamp { length: length >> 1, changed_ns: *changed_ns })
        };
        let parts = stamps[9].0.then_some(FileStamp { length: 9, changed_ns: stamps[9].2 });
        let files = info.files().iter().zip(&stamps).map(stamp).chain([parts]).collect();
        let metadata = keeps_metadata.then(|| info.raw().clone());
        let data = ResumeData { metadata, ..ResumeData::new(&info, &held, files) };
        (info, data)
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_believed_as_long_as_nothing_changes((info, data) in kept()) {
        let read = ResumeData::decode(&data.encode()).unwrap();
        prop_assert_eq!(&read, &data);
        let held = read.trust(&info, &FileSelection::all(), &data.files).unwrap();
        prop_assert_eq!(held.to_wire(), data.bitfield);
    }

    #[test]
    fn a_byte_that_flips_is_noticed((_, data) in kept(), at: Index, bits in 1u8..) {
        let mut bytes = data.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        prop_assert!(ResumeData::decode(&bytes).is_err());
    }

    #[test]
    fn what_was_cut_short_is_noticed((_, data) in kept(), at: Index) {
        let bytes = data.encode();
        prop_assert!(ResumeData::decode(&bytes[..at.index(bytes.len())]).is_err());
    }

    #[test]
    fn a_file_that_changes_is_noticed((info, data) in kept(), which: Index, how in 0u8..4, by in 1u64..99) {
        let mut now = data.files.clone();
        let file = &mut now[which.index(data.files.len())];
        *file = match (how, *file) {
            (_, None) => Some(FileStamp { length: by, changed_ns: 5 }),
            (0, Some(_)) => None,
            (1, Some(stamp)) => Some(FileStamp { length: stamp.length ^ by, ..stamp }),
            (_, Some(stamp)) => Some(FileStamp { changed_ns: stamp.changed_ns ^ by as i64, ..stamp }),
        };
        let unusable = data.trust(&info, &FileSelection::all(), &now).unwrap_err();
        prop_assert!(matches!(unusable, Unusable::Gone(_) | Unusable::Changed(_)), "{unusable}");
    }

    /// Where a file is not there, nothing of it is held: unless it is not wanted, and its parts are kept elsewhere.
    #[test]
    fn pieces_without_their_files_are_not_believed((info, data) in kept(), which: Index) {
        let which = which.index(info.files().len());
        prop_assume!(!info.files()[which].padding);
        let mut files = data.files.clone();
        files[which] = None;
        let without = ResumeData { files: files.clone(), ..data.clone() };
        let held = PieceSet::from_wire(&data.bitfield, info.geometry().piece_count).unwrap();
        let mut lost = held.clone();
        for piece in info.pieces_of(&info.files()[which]) {
            lost.remove(piece);
        }
        prop_assert_eq!(without.trust(&info, &FileSelection::all(), &files).unwrap(), lost.clone());
        let others: FileSelection = [99..=99].into_iter().collect();
        let has_parts = files.last().unwrap().is_some();
        let expected = if has_parts { held } else { lost };
        prop_assert_eq!(without.trust(&info, &others, &files).unwrap(), expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        prop_assert!(ResumeData::decode(&bytes).is_err());
    }
}

#[test]
fn another_torrent_or_version_is_not_believed() {
    let (ours, theirs) = (info(&[100]), info(&[200]));
    let (stamps, all) = (vec![Some(FileStamp { length: 100, changed_ns: 1 }), None], FileSelection::all());
    let data = ResumeData::new(&ours, &PieceSet::full(1), stamps.clone());
    assert!(data.trust(&ours, &all, &stamps).unwrap().is_full());
    assert!(matches!(data.trust(&theirs, &all, &stamps), Err(Unusable::OtherTorrent)));
    let resume = b"d7:versioni2ee";
    let checksum = Sha1::digest(resume);
    let bytes = Tree::dict([("checksum", Tree::from(&checksum[..])), ("resume", Tree::Encoded(resume))]);
    assert!(matches!(ResumeData::decode(&bytes.encode()), Err(Unusable::Version(2))));
}
