//! Files by their content.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use toml::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// What is read of a file at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// XXH3 (128 bits, hexadecimal) of a file.
///
/// # Errors
/// It can't be read.
pub fn digest_of_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hasher, mut chunk) = (Xxh3::new(), vec![0; CHUNK_BYTES]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(format!("{:032x}", hasher.digest128())),
            read => hasher.update(&chunk[..read]),
        }
    }
}

/// The same of what is in memory.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

/// The files that a scenario names, of its text with every default written out: there all paths are absolute. Folders are left
/// out: what may be in one (the content of a torrent) is held against the torrent's hashes when it is run.
pub(super) fn named_in(scenario: &str) -> Vec<String> {
    fn look(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if Path::new(text).is_absolute() && Path::new(text).is_file() => {
                found.push(text.clone());
            }
            Value::Array(values) => values.iter().for_each(|value| look(value, found)),
            Value::Table(table) => table.iter().for_each(|(_, value)| look(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let table = scenario.parse().expect("a scenario that was read and written is TOML");
    look(&Value::Table(table), &mut found);
    found
}
