//! A digest of what a document says, however it is written down.

use std::fmt::Write;

use xxhash_rust::xxh3::xxh3_128;

use super::document::{Data, Node};
use super::writer::string;

/// XXH3 (128 bits, hexadecimal) of keys and values in their order; `without` are keys at the top that don't count.
pub fn digest(root: &Node, without: &[&str]) -> String {
    let mut said = String::new();
    if let Data::Table(entries) = &root.data {
        for entry in entries.iter().filter(|entry| !without.contains(&entry.key.name.as_str())) {
            said.push_str(&string(&entry.key.name));
            say(&entry.node, &mut said);
        }
    }
    format!("{:032x}", xxh3_128(said.as_bytes()))
}

/// The parser bounds the depth (80), and so this recursion.
fn say(node: &Node, out: &mut String) {
    // Writing to a String can't fail.
    let _ = match &node.data {
        Data::Text(text) => write!(out, "{};", string(text)),
        Data::Integer(number) => write!(out, "{number};"),
        Data::Float(number) => write!(out, "{number:?};"),
        Data::Boolean(yes) => write!(out, "{yes};"),
        Data::Date => write!(out, "date;"),
        Data::Array(items) => {
            out.push('[');
            items.iter().for_each(|item| say(item, out));
            write!(out, "]")
        }
        Data::Table(entries) => {
            out.push('{');
            for entry in entries {
                out.push_str(&string(&entry.key.name));
                say(&entry.node, out);
            }
            write!(out, "}}")
        }
    };
}

#[cfg(test)]
mod tests {
    use super::super::document::parse;
    use super::*;

    fn of(text: &str) -> String {
        digest(&parse(text, 0).expect("TOML"), &["seed"])
    }

    #[test]
    fn what_is_said_counts_and_how_it_is_written_does_not() {
        let plain = of("seed = 1\n[a]\nb = \"1 MiB\"\nc = [1, 2.5]\n");
        assert_eq!(of("seed = 7 # another\na = { b = '1 MiB', c = [\n 1,\n 2.5 ] }\n"), plain);
        for other in
            ["[a]\nb = \"2 MiB\"\nc = [1, 2.5]", "[a]\nb = \"1 MiB\"\nc = [1, 2]", "[a]\nb = \"1 MiB\"", ""]
        {
            assert_ne!(of(other), plain, "{other}");
        }
        assert_ne!(of("a = ['1', '2']"), of("a = ['1;2']"));
    }
}
