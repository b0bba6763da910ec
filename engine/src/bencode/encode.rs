//! The encoder: canonical bencoding, keys sorted, no number with a second spelling.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use super::{Kind, Value};

/// A value to be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree<'a> {
    /// An integer.
    Int(i64),
    /// A byte string.
    Bytes(Cow<'a, [u8]>),
    /// A list.
    List(Vec<Tree<'a>>),
    /// A dictionary; the map keeps the keys in the order that the format asks for.
    Dict(BTreeMap<Cow<'a, [u8]>, Tree<'a>>),
    /// One value that is encoded already and must keep its bytes, such as the info dictionary of a foreign torrent.
    Encoded(&'a [u8]),
}

impl<'a> Tree<'a> {
    /// A dictionary of these entries; of two entries with one key the later counts.
    pub fn dict(entries: impl IntoIterator<Item = (&'a str, Tree<'a>)>) -> Tree<'a> {
        Tree::Dict(entries.into_iter().map(|(key, tree)| (Cow::Borrowed(key.as_bytes()), tree)).collect())
    }

    /// A list of these values.
    pub fn list(items: impl IntoIterator<Item = Tree<'a>>) -> Tree<'a> {
        Tree::List(items.into_iter().collect())
    }

    /// The encoding.
    pub fn encode(&self) -> Vec<u8> {
        // Enough for what peers say to each other: of these there are many.
        let mut out = Vec::with_capacity(256);
        self.write(&mut out);
        out
    }

    /// Recursion is as deep as the tree, which this program itself has built.
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Tree::Int(int) => write!(out, "i{int}e").expect("memory takes everything"),
            Tree::Bytes(bytes) => write_string(bytes, out),
            Tree::List(items) => {
                out.push(b'l');
                items.iter().for_each(|item| item.write(out));
                out.push(b'e');
            }
            Tree::Dict(entries) => {
                out.push(b'd');
                for (key, tree) in entries {
                    write_string(key, out);
                    tree.write(out);
                }
                out.push(b'e');
            }
            Tree::Encoded(raw) => out.extend_from_slice(raw),
        }
    }
}

fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    write!(out, "{}:", bytes.len()).expect("memory takes everything");
    out.extend_from_slice(bytes);
}

impl From<i64> for Tree<'_> {
    fn from(int: i64) -> Self {
        Tree::Int(int)
    }
}

impl<'a> From<&'a [u8]> for Tree<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Tree::Bytes(Cow::Borrowed(bytes))
    }
}

impl<'a> From<&'a str> for Tree<'a> {
    fn from(text: &'a str) -> Self {
        Tree::Bytes(Cow::Borrowed(text.as_bytes()))
    }
}

impl From<Vec<u8>> for Tree<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Tree::Bytes(Cow::Owned(bytes))
    }
}

impl<'a> From<&Value<'a>> for Tree<'a> {
    /// The same value, to be encoded canonically. Recursion is bounded by the depth limit that it was decoded with.
    fn from(value: &Value<'a>) -> Self {
        match value.kind() {
            Kind::Int(int) => Tree::Int(*int),
            Kind::Bytes(bytes) => Tree::from(*bytes),
            Kind::List(items) => Tree::list(items.iter().map(Tree::from)),
            Kind::Dict(dict) => {
                Tree::Dict(dict.iter().map(|(key, value)| (Cow::Borrowed(key), Tree::from(value))).collect())
            }
        }
    }
}
