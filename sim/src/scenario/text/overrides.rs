//! `--set path=value`: one value of the file, said anew on the command line. The value is TOML where it reads as TOML,
//! else a string, so that `torrent.size=64MiB` needs no quotes within quotes.

use toml::de::{DeTable, DeValue};

use super::document::{self, Data, Key, Node};
use super::error::{Complaint, Problem};
use super::source::Place;

/// Lays the override `text`, which is source number `source`, over the document.
pub fn apply(root: &mut Node, text: &str, source: usize) -> Result<(), Problem> {
    let (path, value) = parse(text, source)?;
    root.set(&path, value)
}

fn parse(text: &str, source: usize) -> Result<(Vec<Key>, Node), Problem> {
    // A quoted key may hold a `=` too: the first `=` that has a whole key before it parts key and value.
    let mut refusal = None;
    for (at, _) in text.match_indices('=') {
        match key_path(&text[..at], source) {
            Ok(path) => return Ok((path, value(text, at + 1, source)?)),
            Err(problem) => refusal = refusal.or(Some(problem)),
        }
    }
    Err(refusal.unwrap_or_else(|| no_assignment(text, source)))
}

/// The dotted key `text`, by TOML's own rules.
fn key_path(text: &str, source: usize) -> Result<Vec<Key>, Problem> {
    // Both would be read as something else than a key.
    if text.contains('\n') || text.trim_start().starts_with('[') {
        return Err(no_assignment(text, source));
    }
    let line = format!("{text}=0");
    let table = DeTable::parse(&line).map_err(|error| document::syntax(&error, text, source, 0))?;
    let mut path = Vec::new();
    let mut table = table.get_ref();
    while let Some((key, value)) = table.iter().next() {
        path.push(Key { name: key.get_ref().to_string(), place: Place { source, span: key.span() } });
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return Ok(path),
        }
    }
    Err(no_assignment(text, source))
}

fn value(text: &str, start: usize, source: usize) -> Result<Node, Problem> {
    let rest = &text[start..];
    let word = rest.trim();
    let offset = start + rest.len() - rest.trim_start().len();
    match document::parse_value(word, source, offset) {
        Ok(node) => Ok(node),
        // Who opens a quote or a brace means TOML, and wants to know what is wrong with it.
        Err(problem) if word.starts_with(['"', '\'', '{', '[']) => Err(problem),
        Err(_) => {
            let place = Place { source, span: offset..offset + word.len() };
            Ok(Node { place, data: Data::Text(word.to_owned()) })
        }
    }
}

fn no_assignment(text: &str, source: usize) -> Problem {
    Complaint::new("this sets nothing")
        .label("expected path=value, such as peers.leecher.count=15")
        .at(Place { source, span: 0..text.len() })
}
