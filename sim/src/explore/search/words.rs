//! Words as comments of a scenario file.

/// The paragraphs as comment lines of readable length.
pub fn commented(paragraphs: &[String]) -> String {
    const CHARS_MAX: usize = 110;
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push("#".to_owned());
        }
        let mut line = "#".to_owned();
        for word in paragraph.split_whitespace() {
            if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > CHARS_MAX {
                lines.push(std::mem::replace(&mut line, "#".to_owned()));
            }
            line.push(' ');
            line.extend(word.chars().filter(|c| !c.is_control()));
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}
