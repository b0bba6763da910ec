//! The comment at the top of a scenario: the question that it answers.

/// The first paragraph of comment, if the text opens with one, as one line.
pub fn find(text: &str) -> Option<String> {
    let lines = text.lines().skip_while(|line| line.trim().is_empty());
    let comment = lines.map_while(|line| line.trim_start().strip_prefix('#'));
    let paragraph = comment.take_while(|line| !line.trim().is_empty());
    let words: Vec<&str> = paragraph.flat_map(str::split_whitespace).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_question_is_the_first_paragraph_of_comment() {
        assert_eq!(
            find("\n# How fast\n#  is it?\n#\n# Details.\nseed = 1"),
            Some("How fast is it?".to_owned())
        );
        assert_eq!(find("# One?\n\n# Two?"), Some("One?".to_owned()));
        assert_eq!(find("seed = 1\n# Late."), None);
        assert_eq!(find("#\n# Late."), None);
        assert_eq!(find(""), None);
    }
}
