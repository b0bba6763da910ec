//! Only some files of a torrent (BEP 53), and what a client is that has them all: a partial seed (BEP 21).

use std::fs;
use std::sync::Arc;

use proptest::prelude::*;
use swarmlab_engine::bencode::Tree;
use swarmlab_engine::bitfield::PieceSet;
use swarmlab_engine::metainfo::{BLOCK_BYTES, FileSelection, Geometry, Info, Magnet, Metainfo};
use swarmlab_engine::session::{ConnectionId, Event, Input, StartWith, TorrentConfig};
use swarmlab_engine::storage::{Content, FilesStorage, Storage, stamp_files};
use swarmlab_engine::wire::{ExtensionHandshake, Handshake, Message};

use crate::rig::{Lab, Torrent, quiet};

const PIECE: u64 = 32_768;

/// A torrent of files of these lengths, with one tracker.
fn torrent(lengths: &[u64]) -> Torrent {
    let geometry = Geometry::new(lengths.iter().sum(), PIECE as u32).unwrap();
    let content = Content::formula(3, geometry);
    let file = |(index, length): (usize, &u64)| {
        let path = Tree::list([Tree::from(format!("{index}").into_bytes())]);
        Tree::dict([("length", Tree::Int(*length as i64)), ("path", path)])
    };
    let info = Tree::dict([
        ("files", Tree::list(lengths.iter().enumerate().map(file))),
        ("name", Tree::from("t")),
        ("piece length", Tree::Int(PIECE as i64)),
        ("pieces", Tree::from(content.piece_hashes().as_flattened())),
    ]);
    let info = Info::read(info.encode().into()).unwrap();
    let magnet = Magnet { trackers: vec!["http://t.example/a".into()], ..Magnet::new(info.hash()) };
    Torrent { metainfo: Arc::new(Metainfo::of_magnet(&magnet, info)), content }
}

/// Ten pieces: file 0 ends in the middle of piece 3, file 1 in the middle of piece 6, file 2 has the rest.
fn three_files() -> Torrent {
    torrent(&[3 * PIECE + 100, 3 * PIECE, 4 * PIECE - 100])
}

fn wants(files: &str, config: TorrentConfig) -> TorrentConfig {
    TorrentConfig { files: files.parse().unwrap(), ..config }
}

fn leech(torrent: &Torrent, files: &str, announce: bool) -> Lab {
    let config = wants(files, TorrentConfig { announce, ..quiet() });
    Lab::leech_with(torrent, Vec::new(), config)
}

/// A raw peer that has everything, speaks the extension protocol, and unchokes.
fn greet_extended_seed(lab: &mut Lab, number: u8) -> ConnectionId {
    let peer = lab.dial_in(number).unwrap();
    let handshake = Handshake { extended: true, ..lab.handshake(number, true) };
    lab.send(peer, &handshake.encode());
    lab.say(peer, &lab.full_bitfield());
    lab.say(peer, &Message::Unchoke);
    peer
}

fn held(lab: &Lab) -> Vec<u32> {
    lab.client.session.held(lab.client.key).iter().collect()
}

fn completions(lab: &Lab) -> usize {
    lab.client.count(|event| matches!(event, Event::Completed { .. }))
}

/// What the client has said of itself in extension handshakes: whether it wants nothing.
fn upload_only(heard: &[Message]) -> Vec<Option<bool>> {
    let said = heard.iter().filter_map(|message| match message {
        Message::Extended { id: 0, payload } => ExtensionHandshake::decode(payload),
        _ => None,
    });
    said.map(|said| said.upload_only).collect()
}

#[test]
fn only_the_pieces_of_wanted_files_are_fetched() {
    for (files, pieces) in
        [("0", 0..4u32), ("1", 3..7), ("2", 6..10), ("0-1", 0..7), ("1,2", 3..10), ("0-2", 0..10)]
    {
        let torrent = three_files();
        let mut lab = leech(&torrent, files, false);
        let peer = lab.greet_seed(1, true);
        lab.serve(peer);
        assert_eq!(held(&lab), pieces.collect::<Vec<_>>(), "{files}");
        assert_eq!(completions(&lab), 1, "{files}");
        let progress = lab.client.session.progress(lab.client.key);
        assert_eq!(progress.wanted_left, 0);
        assert_eq!(progress.bytes_left, 10 * PIECE - u64::from(progress.pieces_held) * PIECE);
        assert!(!lab.is_open(peer), "who has everything and who wants nothing have nothing to do");
        lab.client.session.check_invariants().unwrap();
    }
}

#[test]
fn interest_is_in_wanted_pieces_only() {
    let torrent = three_files();
    let mut lab = leech(&torrent, "0", false);
    let peer = lab.greet(1, true);
    let mut have = PieceSet::empty(10);
    for piece in 4..10 {
        have.insert(piece);
    }
    lab.say(peer, &Message::Bitfield(have.to_wire()));
    lab.say(peer, &Message::Unchoke);
    let heard = lab.heard(peer);
    assert!(!heard.iter().any(|said| matches!(said, Message::Interested | Message::Request(_))), "{heard:?}");
    lab.say(peer, &Message::Have(3));
    let heard = lab.heard(peer);
    assert!(heard.iter().any(|said| matches!(said, Message::Interested)), "{heard:?}");
    assert!(heard.iter().all(|said| !matches!(said, Message::Request(request) if request.piece != 3)));
    lab.client.session.check_invariants().unwrap();
}

#[test]
fn a_partial_seed_says_so_to_those_who_are_connected_and_to_those_who_come() {
    let torrent = three_files();
    let mut lab = leech(&torrent, "1", false);
    let seed = greet_extended_seed(&mut lab, 1);
    // Somebody who has nothing stays.
    let other = lab.dial_in(2).unwrap();
    let handshake = Handshake { extended: true, ..lab.handshake(2, true) };
    lab.send(other, &handshake.encode());
    lab.say(other, &Message::HaveNone);
    assert_eq!(upload_only(&lab.heard(other)), [None]);
    lab.serve(seed);
    assert_eq!(completions(&lab), 1);
    lab.advance(2);
    let heard = lab.heard(other);
    assert_eq!(upload_only(&heard), [Some(true)]);
    assert!(lab.is_open(other) && heard.iter().any(|said| matches!(said, Message::Have(4))));
    lab.say(other, &Message::Interested);
    lab.advance(11);
    let heard = lab.heard(other);
    assert!(heard.iter().any(|said| matches!(said, Message::Unchoke)), "it serves what it has");
    let late = lab.dial_in(3).unwrap();
    let handshake = Handshake { extended: true, ..lab.handshake(3, true) };
    lab.send(late, &handshake.encode());
    assert_eq!(upload_only(&lab.heard(late)), [Some(true)]);
    lab.client.session.check_invariants().unwrap();
}

/// The whole of a torrent is no different.
#[test]
fn a_download_that_is_complete_says_so_to_those_who_are_connected() {
    let torrent = Torrent::pieces(4);
    let mut lab = Lab::leech(&torrent);
    let seed = greet_extended_seed(&mut lab, 1);
    let other = lab.dial_in(2).unwrap();
    let handshake = Handshake { extended: true, ..lab.handshake(2, true) };
    lab.send(other, &handshake.encode());
    lab.say(other, &Message::HaveNone);
    lab.serve(seed);
    assert_eq!(upload_only(&lab.heard(other)), [None, Some(true)]);
}

#[test]
fn trackers_hear_that_a_partial_seed_pauses_and_what_is_left() {
    let torrent = three_files();
    let mut lab = leech(&torrent, "1", true);
    let announce = |lab: &mut Lab| {
        let (mut connection, mut to) = lab.client.dials.pop_front().expect("a tracker is dialled");
        while !format!("{to:?}").contains("t.example") {
            (connection, to) = lab.client.dials.pop_front().expect("a tracker is dialled");
        }
        lab.client.dials.push_front((connection, to));
        let tracker = lab.answer_dial();
        let request = lab.request_text(tracker);
        lab.send(tracker, b"HTTP/1.0 200 OK\r\n\r\nd8:intervali1000e5:peers0:e");
        lab.input(Input::Closed { connection: tracker });
        request.lines().next().unwrap_or_default().to_owned()
    };
    assert!(announce(&mut lab).contains("&event=started"));
    let seed = lab.greet_seed(1, true);
    lab.serve(seed);
    let left = format!("&left={}&", 6 * PIECE);
    for round in 0..2 {
        let request = announce(&mut lab);
        assert!(request.contains("&event=paused") && request.contains(&left), "{round}: {request}");
        lab.advance(1_001);
    }
}

#[test]
fn a_check_finds_pieces_that_are_not_wanted_too() {
    let torrent = three_files();
    let config = wants("1", quiet());
    let lab = Lab::new(&torrent, StartWith::Check, torrent.memory([0, 4, 9]), Vec::new(), config);
    assert_eq!(held(&lab), [0, 4, 9]);
    lab.client.session.check_invariants().unwrap();
    let config = wants("1", quiet());
    let lab = Lab::new(&torrent, StartWith::Check, torrent.memory(2..8), Vec::new(), config);
    assert_eq!(completions(&lab), 1, "all that is wanted is there");
    let config = wants("7", quiet());
    let lab = Lab::new(&torrent, StartWith::Nothing, torrent.memory([]), Vec::new(), config);
    assert_eq!(completions(&lab), 1, "there is no such file");
}

#[test]
fn a_magnet_link_s_files_are_known_when_the_metadata_are() {
    let torrent = three_files();
    let selection: FileSelection = "1".parse().unwrap();
    assert_eq!(selection.pieces(&torrent.metainfo.info).iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
}

fn fill(storage: &mut FilesStorage, content: &Content, pieces: &PieceSet) {
    for piece in pieces.iter() {
        for block in 0..content.geometry().blocks_in(piece) {
            storage.write(piece, block * BLOCK_BYTES, content.block(piece, block).into()).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Wanted files are whole, others are not there, and every wanted piece can be read back: now, and by whoever comes later
    /// with the same wishes. Who wants everything then misses what was kept aside, and nothing else.
    #[test]
    fn what_is_wanted_is_there_and_nothing_else(
        lengths in prop::collection::vec(prop_oneof![Just(0u64), 1..3 * PIECE], 1..7),
        wanted in prop::collection::vec(any::<bool>(), 7),
    ) {
        prop_assume!(lengths.iter().any(|length| *length > 0));
        let numbers = (0u32..).zip(&lengths).filter(|(number, _)| wanted[*number as usize]);
        let files: FileSelection = numbers.map(|(number, _)| number..=number).collect();
        prop_assume!(!files.is_all());
        let torrent = torrent(&lengths);
        let (info, content) = (&torrent.metainfo.info, &torrent.content);
        let pieces = files.pieces(info);
        let folder = tempfile::tempdir().unwrap();
        let mut storage = FilesStorage::open_wanted(folder.path(), info, &files).unwrap();
        fill(&mut storage, content, &pieces);
        let whole: Vec<u8> = (0..info.geometry().piece_count)
            .flat_map(|piece| torrent.bytes(piece, 0, info.geometry().piece_size(piece)))
            .collect();
        for file in info.files() {
            let path = folder.path().join("t").join(file.number.to_string());
            if files.wants(file) {
                let at = file.offset as usize;
                prop_assert_eq!(fs::read(&path).unwrap(), &whole[at..at + file.length as usize]);
            } else {
                prop_assert!(!path.exists());
            }
        }
        let mut again = FilesStorage::open_wanted(folder.path(), info, &files).unwrap();
        for piece in pieces.iter() {
            prop_assert!(storage.verify(piece).unwrap() && again.verify(piece).unwrap());
        }
        drop((storage, again));

        let mut all = FilesStorage::open(folder.path(), info).unwrap();
        prop_assert!(stamp_files(folder.path(), info).last().unwrap().is_none(), "nothing is aside any more");
        for piece in pieces.iter() {
            let is_of = |file: &&swarmlab_engine::metainfo::File| info.pieces_of(file).contains(&piece);
            let is_whole = info.files().iter().filter(is_of).all(|file| files.wants(file));
            prop_assert_eq!(all.verify(piece).unwrap(), is_whole);
        }
        fill(&mut all, content, &PieceSet::full(info.geometry().piece_count));
        for file in info.files() {
            let at = file.offset as usize;
            let read = fs::read(folder.path().join("t").join(file.number.to_string())).unwrap();
            prop_assert_eq!(read, &whole[at..at + file.length as usize]);
        }
    }

    #[test]
    fn a_list_of_files_is_read_as_it_is_written(ranges in prop::collection::vec((0u32..99, 0u32..9), 1..9)) {
        let files: FileSelection = ranges.into_iter().map(|(first, more)| first..=first + more).collect();
        prop_assert_eq!(files.to_string().parse(), Ok(files));
    }
}

#[test]
fn what_is_no_list_of_files_is_refused() {
    for text in ["", "a", "1,", "3-1", "-1", "1-2-3", "4294967296", "1, 2"] {
        assert!(text.parse::<FileSelection>().is_err(), "{text}");
    }
}
