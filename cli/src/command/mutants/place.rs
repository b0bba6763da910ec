//! Where a bug is planted: the one place of its text.

use std::ops::Range;

use super::bug::Bug;

/// Where in the file's `text` the bug's stands.
///
/// # Errors
/// Why that is not one place, as a sentence for people.
pub fn find(text: &str, bug: &Bug) -> Result<Range<usize>, String> {
    let scope = match &bug.inside {
        None => 0..text.len(),
        Some(name) => function(text, name)?,
    };
    let start = once(&text[scope.clone()], &bug.instead_of)
        .map_err(|times| format!("stands there {times} times:\n    {}", indented(&bug.instead_of)))?;
    let start = scope.start + start;
    for part in [&bug.instead_of, &bug.write] {
        if !is_balanced(part) {
            return Err(format!("has brackets without a partner:\n    {}", indented(part)));
        }
    }
    Ok(start..start + bug.instead_of.len())
}

/// The body of the one function of this name: up to the line that closes it, which is indented as far as the line that
/// opens it.
fn function(text: &str, name: &str) -> Result<Range<usize>, String> {
    let heads = ["(", "<"].map(|after| format!("fn {name}{after}"));
    let starts: Vec<usize> =
        heads.iter().flat_map(|head| text.match_indices(head)).map(|(at, _)| at).collect();
    let [start] = starts[..] else {
        return Err(format!("has {} functions named `{name}`", starts.len()));
    };
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[line..].chars().take_while(|c| *c == ' ').collect();
    let close = format!("\n{indent}}}\n");
    let end = text[start..].find(&close).ok_or_else(|| format!("has no end of the function `{name}`"))?;
    Ok(start..start + end)
}

/// Where `part` stands, or how often if not once.
fn once(text: &str, part: &str) -> Result<usize, usize> {
    let mut places = text.match_indices(part).map(|(at, _)| at);
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (first, second) => Err(usize::from(first.is_some()) + usize::from(second.is_some()) + places.count()),
    }
}

/// Whether every bracket has its partner. Bracket characters in literals don't count.
fn is_balanced(code: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = code.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => skip_string(&mut rest),
            '\'' => skip_character(&mut rest),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

fn skip_string(rest: &mut std::str::Chars<'_>) {
    while let Some(c) = rest.next() {
        match c {
            '"' => return,
            '\\' => drop(rest.next()),
            _ => {}
        }
    }
}

/// Past a character literal; of a lifetime nothing is skipped.
fn skip_character(rest: &mut std::str::Chars<'_>) {
    let text = rest.as_str();
    let length = if text.starts_with('\\') {
        text[2..].find('\'').map(|at| at + 3)
    } else {
        let width = text.chars().next().map_or(0, char::len_utf8);
        text[width..].starts_with('\'').then_some(width + 1)
    };
    *rest = text[length.unwrap_or(0)..].chars();
}

fn indented(code: &str) -> String {
    code.trim().replace('\n', "\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
impl A {
    fn one(&self) {
        if x { self.go(); }
    }

    fn one_more<T>(&self) {
        self.go();
        self.stay();
    }
}
";

    fn place(inside: Option<&str>, instead_of: &str) -> Result<&'static str, String> {
        let bug = Bug {
            name: "a".into(),
            says: String::new(),
            file: "a.rs".into(),
            inside: inside.map(str::to_owned),
            instead_of: instead_of.into(),
            write: String::new(),
            expects: Vec::new(),
            with: None,
            canary: false,
            why_not: None,
            world: Default::default(),
            chapter: "engine",
        };
        let line = |at: usize| SOURCE[..at].rfind('\n').map_or(0, |at| at + 1);
        find(SOURCE, &bug).map(|place| SOURCE[line(place.start)..place.end].trim())
    }

    #[test]
    fn a_text_has_one_place_in_its_file_or_in_its_function() {
        assert_eq!(place(None, "self.stay()"), Ok("self.stay()"));
        assert_eq!(place(Some("one_more"), "self.go();"), Ok("self.go();"));
        assert_eq!(place(Some("one"), "self.go();"), Ok("if x { self.go();"));
    }

    #[test]
    fn what_is_not_one_place_is_refused() {
        assert!(place(None, "self.go();").unwrap_err().starts_with("stands there 2 times"));
        assert!(place(Some("one"), "self.stay()").unwrap_err().starts_with("stands there 0 times"));
        assert!(place(Some("two"), "self.stay()").unwrap_err().starts_with("has 0 functions"));
        assert!(place(None, "{ self.go()").unwrap_err().starts_with("has brackets without a partner"));
    }

    #[test]
    fn brackets_in_literals_do_not_count() {
        for code in ["", "a[1](b) { c }", r#"say("(\"[")"#, "'(' as u8", r"'\'' [0]", "f::<'a>(x)", "'é'"] {
            assert!(is_balanced(code), "{code}");
        }
        for code in ["(", "}", "([)]", "say(\")\""] {
            assert!(!is_balanced(code), "{code}");
        }
    }
}
