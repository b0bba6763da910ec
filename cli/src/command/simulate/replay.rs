//! The one line that plays a run again.

use super::Arguments;
use crate::command::world_name::WorldName;

/// What to type to see the same again, checks included.
pub fn line(arguments: &Arguments, seed: u64) -> String {
    let mut words = vec!["just simulate".to_owned(), quoted(&arguments.file.to_string_lossy())];
    words.extend(arguments.set.iter().map(|set| format!("--set {}", quoted(set))));
    if arguments.world == WorldName::Turmoil {
        words.push("--world turmoil".to_owned());
    }
    words.push(format!("--seed {seed} --check strict"));
    words.join(" ")
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-=+:,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_what_is_quoted_for_one_word() {
        assert_eq!(quoted("scenarios/flash-crowd.toml"), "scenarios/flash-crowd.toml");
        assert_eq!(quoted("torrent.size=1 MiB"), "'torrent.size=1 MiB'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
