//! Files of any names in any depth are refused, or lie side by side below the target folder.
#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use swarmlab_engine::bencode::Tree;
use swarmlab_engine::metainfo::Info;
use swarmlab_fuzz::paths;
use swarmlab_fuzz::reader::Reader;

/// Names of one file at most, a little over the deepest path.
const NAMES_MAX: u8 = 66;

fn name<'a>(input: &mut Reader<'a>) -> Tree<'a> {
    Tree::Bytes(Cow::Borrowed(input.bytes()))
}

/// A file of one byte, and the keys of its path.
fn file<'a>(input: &mut Reader<'a>) -> Tree<'a> {
    let choices = input.byte();
    let key = if choices & 1 == 0 { "path" } else { "path.utf-8" };
    let attributes = [b"", &b"p"[..], b"l", b"x"][usize::from(choices >> 1 & 3)];
    let length = i64::from(choices & 8 == 0);
    let names = Tree::list((0..input.byte() % NAMES_MAX).map(|_| name(input)).collect::<Vec<_>>());
    Tree::dict([("attr", Tree::from(attributes)), ("length", Tree::Int(length)), (key, names)])
}

fuzz_target!(|input: &[u8]| {
    let mut input = Reader::new(input);
    let torrent = name(&mut input);
    let mut files = Vec::new();
    while !input.is_at_end() {
        files.push(file(&mut input));
    }
    let info = Tree::dict([
        ("name", torrent),
        ("files", Tree::list(files)),
        ("piece length", Tree::Int(1 << 20)),
        ("pieces", Tree::from(vec![0; 20])),
    ]);
    if let Ok(info) = Info::read(info.encode().into()) {
        paths::check(&info);
    }
});
