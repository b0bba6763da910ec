//! A scenario in as few lines as say it.

use crate::scenario::Scenario;

/// The scenario as TOML, without the lines that only say what is the default anyway.
pub fn brief(scenario: &Scenario) -> String {
    let text = scenario.to_toml();
    let mut lines: Vec<&str> = text.lines().collect();
    // From the end, so that the keys of a table go before its header.
    for line in (0..lines.len()).rev() {
        if lines[line].is_empty() || lines[line].starts_with('#') {
            continue;
        }
        let mut without = lines.clone();
        without.remove(line);
        let is_the_same =
            Scenario::parse(&scenario.name, &without.join("\n"), &[]).is_ok_and(|read| read == *scenario);
        if is_the_same {
            lines = without;
        }
    }
    let mut text = lines.join("\n");
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::draw;

    #[test]
    fn it_says_the_same_in_fewer_lines() {
        for seed in 0..20 {
            let scenario = draw(seed);
            let text = brief(&scenario);
            assert!(text.lines().count() < scenario.to_toml().lines().count());
            assert_eq!(Scenario::parse(&scenario.name, &text, &[]).unwrap(), scenario, "{text}");
        }
    }
}
