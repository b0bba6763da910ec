//! The results for readers: the page in `docs/`.

use std::fmt::Write;

use super::bug::CHAPTERS;
use super::score::{Row, Score};

const INTRODUCTION: &str = "\
# Planted bugs: what the search finds

A harness is worth the bugs it finds. Here is what `swarmlab explore` finds of bugs that were put into the program on
purpose, one at a time: into the client, into the simulator, and into the checks themselves. The lists are in
[`mutants/`](../mutants); a bug is a text in a source file and what stands there instead. All of them are compiled into
one copy of the program, as choices that the environment decides; the shipped sources know nothing of them.

`just mutants` makes this page again.
";

const COUNTING: &str = "\
## How it is counted

- A *round* is a search from seeds of its own, with strict checks, until the first seed that violates a property. The
  columns ≤10, ≤100 and ≤1000 say in how many rounds that took at most so many seeds; *median* is over the rounds.
- *Property* is the one that was violated, the most frequent first. A `½` marks bugs that were found only by what says no
  more than that something is wrong (a panic, a process that died or hangs, a run without end, the time-outs L1 to L3): in the totals they
  count half.
- *Shrunk to* is the size of the smallest scenario that still shows what the first round has found: hosts × pieces.
- A bug in the checks that raises false alarms is caught by any of them. A check gone blind is searched together with the
  bug that it should see, and the pair is found if another check sees that too. This says how much hangs on single checks,
  not what is found, and is not among the totals.
- The canary is caught by every seed, or nothing else is believed. It is not among the totals.
";

/// The whole page.
pub fn markdown(score: &Score<'_>) -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str(&totals(score));
    for chapter in CHAPTERS {
        let rows: Vec<&Row<'_>> = score.rows.iter().filter(|row| row.bug.chapter == chapter).collect();
        if !rows.is_empty() {
            page.push_str(&table(title(chapter), &rows));
        }
    }
    if !score.blind.is_empty() {
        page.push_str(&table("Checks gone blind", &score.blind.iter().collect::<Vec<_>>()));
    }
    page.push_str(&missed(score));
    let _ = write!(page, "\n{COUNTING}");
    page
}

fn totals(score: &Score<'_>) -> String {
    let mut text = format!(
        "\nswarmlab {}, {} rounds of up to {} seeds for each of {} bugs:\n\n| | |\n|---|---|\n",
        env!("CARGO_PKG_VERSION"),
        score.effort.rounds,
        score.effort.seeds,
        score.rows.len()
    );
    for goal in score.goals() {
        let asked = goal.asked.map_or(String::new(), |asked| format!(" (goal: {:.0} %)", 100.0 * asked));
        let _ = writeln!(text, "| caught within {} seeds | {:.1} %{asked} |", goal.seeds, 100.0 * goal.share);
    }
    if let Some(size) = score.median_shrunk() {
        let _ = writeln!(text, "| shrunk to, median | {} hosts, {} pieces |", size.hosts, size.pieces);
    }
    if let Some(canary) = &score.canary {
        let _ = writeln!(text, "| canary | caught by {} of {} seeds |", canary.caught, canary.of);
    }
    if !score.blind.is_empty() {
        let _ = writeln!(
            text,
            "| blind checks backed by another | {} of {} |",
            score.backed(),
            score.blind.len()
        );
    }
    if let Some(clean) = &score.clean {
        let _ = writeln!(
            text,
            "| false alarms without a bug | {} in {} seeds |",
            clean.alarms.len(),
            clean.seeds
        );
    }
    text
}

fn title(chapter: &str) -> &'static str {
    match chapter {
        "engine" => "In the client",
        "driver" => "In the client's driver, searched in the turmoil world",
        "network" => "In the simulator",
        _ => "In the checks: false alarms",
    }
}

fn table(title: &str, rows: &[&Row<'_>]) -> String {
    let mut text = format!(
        "\n## {title}\n\n| bug | what it does | ≤10 | ≤100 | ≤1000 | median | property | shrunk to |\n\
         |---|---|---:|---:|---:|---:|---|---:|\n"
    );
    for row in rows {
        let of = row.rounds.len();
        let [ten, hundred, thousand] =
            [10, 100, 1_000].map(|seeds| format!("{}/{of}", row.caught_within(seeds)));
        let median = row.median_seeds().map_or("–".into(), |seeds| seeds.to_string());
        let half = if row.is_general_only() { " ½" } else { "" };
        let shrunk = row.shrunk().map_or("–".into(), |size| format!("{} × {}", size.hosts, size.pieces));
        let with = row.bug.with.as_ref().map_or(String::new(), |other| format!(" (searched with `{other}`)"));
        let _ = writeln!(
            text,
            "| `{}` | {}{with} | {ten} | {hundred} | {thousand} | {median} | {}{half} | {shrunk} |",
            row.bug.name,
            row.bug.says,
            row.properties().join(", "),
        );
    }
    text
}

fn missed(score: &Score<'_>) -> String {
    let rows: Vec<&Row<'_>> = score.missed().collect();
    if rows.is_empty() {
        return "\nEvery bug was caught in some round.\n".into();
    }
    let mut text = String::from("\n## Not caught\n\n");
    for row in rows {
        let why = row.bug.why_not.as_deref().unwrap_or("not known why");
        let reach = row.reach().map_or(String::new(), |reach| {
            format!(" It changed the course of {} of {} seeds.", reach.changed, reach.of)
        });
        let _ = writeln!(text, "- `{}`: {why}.{reach}", row.bug.name);
    }
    text
}
