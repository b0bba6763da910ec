//! All bugs in one program: at each place a question which of them is active, the code as it is being the last answer.
//! (Mutant schemata: Untch, Offutt and Harrold 1993.) So one build serves all.

use std::ops::Range;

use super::bug::Bug;
use super::place;

/// The variable of the environment that names the active bugs, with commas between them.
pub const VARIABLE: &str = "SWARMLAB_PLANTED";
/// The crate that holds the question. Every other one that bugs are planted in depends on it.
const HOME: &str = "engine";
/// Where the question stands.
pub const QUESTION_FILE: &str = "engine/src/planted.rs";
/// The roots of crates, which get a line of their own.
pub const ROOTS: [&str; 2] = ["engine/src/lib.rs", "sim/src/lib.rs"];

/// One place, and the bugs there, by their numbers.
struct Planting<'a> {
    place: Range<usize>,
    bugs: Vec<(usize, &'a Bug)>,
}

/// The file's `text` with those of the bugs in it that belong there. A bug's number is its place in `bugs`.
///
/// # Errors
/// For each bug that has no place: why.
pub fn plant(file: &str, text: &str, bugs: &[Bug]) -> Result<String, Vec<String>> {
    let mut plantings: Vec<Planting<'_>> = Vec::new();
    let mut mistakes = Vec::new();
    for (number, bug) in bugs.iter().enumerate().filter(|(_, bug)| bug.file.as_os_str() == file) {
        match place::find(text, bug) {
            Err(why) => mistakes.push(format!("{}: {file} {why}", bug.name)),
            Ok(place) => match plantings.iter_mut().find(|planting| overlap(&planting.place, &place)) {
                None => plantings.push(Planting { place, bugs: vec![(number, bug)] }),
                Some(planting) if planting.place == place => planting.bugs.push((number, bug)),
                Some(planting) => {
                    let other = &planting.bugs[0].1.name;
                    mistakes
                        .push(format!("{}: its place overlaps that of {other}, but is another", bug.name));
                }
            },
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    plantings.sort_by_key(|planting| planting.place.start);
    let mut woven = String::with_capacity(text.len());
    let mut at = 0;
    for planting in &plantings {
        woven.push_str(&text[at..planting.place.start]);
        woven.push_str(&choice(file, &text[planting.place.clone()], &planting.bugs));
        at = planting.place.end;
    }
    woven.push_str(&text[at..]);
    Ok(if ROOTS.contains(&file) { root(file, &woven) } else { woven })
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn choice(file: &str, original: &str, bugs: &[(usize, &Bug)]) -> String {
    let home = if file.starts_with(HOME) { "crate" } else { "swarmlab_engine" };
    let mut code = String::new();
    for (number, bug) in bugs {
        code.push_str(&format!("if {home}::planted::is({number}) {{ {} }} else ", bug.write.trim()));
    }
    code.push_str(&format!("{{ {original} }}"));
    if bugs.iter().all(|(_, bug)| bug.is_of_statements()) { code } else { format!("({code})") }
}

/// The copy is not for people: what the compiler dislikes about it is of no interest.
fn root(file: &str, text: &str) -> String {
    let module = if file.starts_with(HOME) { "\npub mod planted;\n" } else { "" };
    format!("#![allow(warnings)]\n{text}{module}")
}

/// The module that knows which bugs are active.
pub fn question(bugs: &[Bug]) -> String {
    let names: Vec<&str> = bugs.iter().map(|bug| bug.name.as_str()).collect();
    format!(
        "use std::sync::OnceLock;

const NAMES: [&str; {count}] = {names:?};
static ACTIVE: OnceLock<[bool; {count}]> = OnceLock::new();

#[inline]
pub fn is(bug: usize) -> bool {{
    ACTIVE.get_or_init(read)[bug]
}}

fn read() -> [bool; {count}] {{
    let wanted = std::env::var(\"{VARIABLE}\").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split(',').filter(|name| !name.is_empty()).collect();
    let unknown = wanted.iter().find(|name| !NAMES.contains(name));
    assert!(unknown.is_none(), \"there is no bug named {{unknown:?}}\");
    NAMES.map(|name| wanted.contains(&name))
}}
",
        count = bugs.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bug(name: &str, instead_of: &str, write: &str) -> Bug {
        toml::from_str(&format!(
            "name = '{name}'\nsays = ''\nfile = 'sim/src/a.rs'\ninstead_of = '{instead_of}'\nwrite = '{write}'"
        ))
        .unwrap()
    }

    #[test]
    fn an_expression_and_a_statement_become_choices() {
        let bugs = [bug("a", "x + 1", "x"), bug("b", "go();", ""), bug("c", "x + 1", "x - 1")];
        let woven = plant("sim/src/a.rs", "fn f() { go(); g(x + 1) }", &bugs).unwrap();
        assert_eq!(
            woven,
            "fn f() { if swarmlab_engine::planted::is(1) {  } else { go(); } \
             g((if swarmlab_engine::planted::is(0) { x } else \
             if swarmlab_engine::planted::is(2) { x - 1 } else { x + 1 })) }"
        );
        assert_eq!(plant("sim/src/b.rs", "other", &bugs).unwrap(), "other");
    }

    #[test]
    fn places_that_overlap_without_being_the_same_are_refused() {
        let bugs = [bug("a", "x + 1", "x"), bug("b", "g(x + 1)", "0"), bug("c", "y", "z")];
        let mistakes = plant("sim/src/a.rs", "g(x + 1)", &bugs).unwrap_err();
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    }
}
