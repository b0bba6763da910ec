//! "Did you mean": the candidate most like a word that is not known.

/// The candidate that `word` is most likely a slip for, if one is near enough: a third of its letters may be wrong.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = folded(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &folded(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Case and the kind of word break are the commonest slips, and cost nothing. Nobody means a key of a thousand letters:
/// the cut keeps the comparison cheap.
fn folded(word: &str) -> String {
    const CHARS_MAX: usize = 64;
    word.chars()
        .take(CHARS_MAX)
        .map(|c| if matches!(c, '-' | ' ') { '_' } else { c.to_ascii_lowercase() })
        .collect()
}

/// "`a`, `b` and `c`".
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.into_iter().map(super::quoted).collect();
    match words.pop() {
        None => "none".to_owned(),
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} and {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let keys = ["latency", "send_buffer", "unit", "up"];
        assert_eq!(nearest("latncy", keys), Some("latency"));
        assert_eq!(nearest("Send-Buffer", keys), Some("send_buffer"));
        assert_eq!(nearest("ups", keys), Some("up"));
        assert_eq!(nearest("weather", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), keys), None);
    }
}
