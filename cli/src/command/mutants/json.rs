//! The results for a script.

use serde_json::{Value, json};

use super::score::{Row, Score};

/// Everything as one object.
pub fn object(score: &Score<'_>) -> Value {
    let goals: Vec<Value> = score
        .goals()
        .iter()
        .map(|goal| json!({ "seeds": goal.seeds, "caught": goal.share, "asked": goal.asked }))
        .collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seeds": score.effort.seeds,
        "rounds": score.effort.rounds,
        "goals": goals,
        "shortcomings": score.shortcomings(),
        "canary": score.canary.as_ref().map(|canary| {
            json!({ "name": canary.name, "caught": canary.caught, "seeds": canary.of })
        }),
        "clean": score.clean.as_ref().map(|clean| json!({ "seeds": clean.seeds, "alarms": clean.alarms })),
        "bugs": score.rows.iter().map(row).collect::<Vec<_>>(),
        "blind": score.blind.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(row: &Row<'_>) -> Value {
    let needed: Vec<Option<u32>> = row.rounds.iter().map(|round| round.map(|(seeds, _)| seeds)).collect();
    json!({
        "name": row.bug.name,
        "chapter": row.bug.chapter,
        "says": row.bug.says,
        "file": row.bug.file,
        "with": row.bug.with,
        "expects": row.bug.expects,
        "seeds_to_detection": needed,
        "median_seeds": row.median_seeds(),
        "properties": row.properties(),
        "general_only": row.is_general_only(),
        "shrunk": row.shrunk(),
        "reach": row.reach(),
        "why_not": row.bug.why_not,
        "wall_s": row.record.wall_s,
    })
}
