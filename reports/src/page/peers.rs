//! Every peer, as far as a page can show them: a table that is whole without scripting, and can be sorted and filtered
//! with it.

use maud::{Markup, html};
use serde_json::{Value, json};
use swarmlab_sim::results::{PeerRow, Run};

use crate::format::{NONE, bytes, count, duration, rate};

/// The most rows on a page; the table has them all.
const ROWS_MAX: usize = 2_000;

/// One column.
struct Column {
    title: &'static str,
    shows: Shows,
}

/// What a cell shows.
#[derive(Clone, Copy)]
enum Shows {
    Text(fn(&PeerRow) -> String),
    Count(fn(&PeerRow) -> f64),
    Bytes(fn(&PeerRow) -> u64),
    Rate(fn(&PeerRow, f64) -> Option<f64>),
    Seconds(fn(&PeerRow) -> Option<f64>),
}

const COLUMNS: [Column; 19] = [
    Column { title: "peer", shows: Shows::Count(|peer| peer.peer.into()) },
    Column { title: "group", shows: Shows::Text(|peer| peer.group.clone()) },
    Column { title: "started as", shows: Shows::Text(|peer| peer.role.clone()) },
    Column { title: "at the end", shows: Shows::Text(|peer| state(peer).to_owned()) },
    Column { title: "address", shows: Shows::Text(|peer| peer.address.clone()) },
    Column { title: "link up", shows: Shows::Rate(|peer, _| Some(peer.up_bits_per_s as f64)) },
    Column { title: "link down", shows: Shows::Rate(|peer, _| Some(peer.down_bits_per_s as f64)) },
    Column { title: "joined", shows: Shows::Seconds(|peer| Some(peer.joined_s)) },
    Column { title: "completed after", shows: Shows::Seconds(PeerRow::completion_s) },
    Column { title: "left", shows: Shows::Seconds(|peer| peer.left_s) },
    Column { title: "sent", shows: Shows::Bytes(|peer| peer.uploaded_bytes) },
    Column { title: "received", shows: Shows::Bytes(|peer| peer.downloaded_bytes) },
    Column { title: "wasted", shows: Shows::Bytes(|peer| peer.wasted_bytes) },
    Column { title: "protocol up", shows: Shows::Bytes(|peer| peer.protocol_up_bytes) },
    Column { title: "protocol down", shows: Shows::Bytes(|peer| peer.protocol_down_bytes) },
    Column { title: "mean up", shows: Shows::Rate(PeerRow::mean_up_bits_per_s) },
    Column { title: "mean down", shows: Shows::Rate(PeerRow::mean_down_bits_per_s) },
    Column { title: "connections", shows: Shows::Count(|peer| peer.connections_max.into()) },
    Column { title: "bad pieces", shows: Shows::Count(|peer| peer.hash_failures.into()) },
];

/// What became of a peer.
fn state(peer: &PeerRow) -> &'static str {
    match (peer.is_seed(), peer.completed_s, peer.left_s) {
        (false, None, None) => "incomplete",
        (false, None, Some(_)) => "left incomplete",
        (_, _, Some(_)) => "left complete",
        (_, _, None) => "complete",
    }
}

impl Shows {
    fn is_text(self) -> bool {
        matches!(self, Shows::Text(_))
    }

    /// What the cell is sorted by, if that is a number.
    fn number(self, peer: &PeerRow, end_s: f64) -> Option<f64> {
        match self {
            Shows::Text(_) => None,
            Shows::Count(of) => Some(of(peer)),
            Shows::Bytes(of) => Some(of(peer) as f64),
            Shows::Rate(of) => of(peer, end_s),
            Shows::Seconds(of) => of(peer),
        }
    }

    fn cell(self, peer: &PeerRow, end_s: f64) -> String {
        let Some(number) = self.number(peer, end_s) else {
            return if let Shows::Text(of) = self { of(peer) } else { NONE.to_owned() };
        };
        match self {
            Shows::Bytes(_) => bytes(number),
            Shows::Rate(_) => rate(number),
            Shows::Seconds(_) => duration(number),
            Shows::Text(_) | Shows::Count(_) => number.to_string(),
        }
    }
}

fn listed(run: &Run) -> impl Iterator<Item = &PeerRow> {
    run.tables.peers.iter().take(ROWS_MAX)
}

/// By what the script sorts: the numbers of each column that has any, for each row.
pub(super) fn data(run: &Run) -> Value {
    let end_s = run.summary.facts.simulated_s;
    let numbers = |column: &Column| match column.shows.is_text() {
        true => Value::Null,
        false => listed(run).map(|peer| json!(column.shows.number(peer, end_s))).collect(),
    };
    COLUMNS.iter().map(numbers).collect()
}

pub(super) fn section(run: &Run) -> Markup {
    let peers = &run.tables.peers;
    let end_s = run.summary.facts.simulated_s;
    html! {
        section id="peers" {
            h2 { "Peers" }
            @if peers.len() > ROWS_MAX {
                p.note { "The first " (count(ROWS_MAX as u64)) " of " (count(peers.len() as u64)) "; peers.parquet has all." }
            }
            form.filters hidden role="search" aria-label="Filter the peers" {
                label { "Containing " input type="search" name="text" autocomplete="off" spellcheck="false"; }
                (choice(run, "Group", 1))
                (choice(run, "Started as", 2))
                (choice(run, "At the end", 3))
                output aria-live="polite" { (count(listed(run).count() as u64)) " peers" }
            }
            div.rows tabindex="0" role="region" aria-label="Table of the peers" {
                table.numbers {
                    thead { tr { @for column in &COLUMNS {
                        th.name[column.shows.is_text()] scope="col" { (column.title) }
                    } } }
                    tbody { @for peer in listed(run) {
                        tr { @for column in &COLUMNS {
                            td.name[column.shows.is_text()] { (column.shows.cell(peer, end_s)) }
                        } }
                    } }
                }
            }
            p.note.script hidden { "A column’s name sorts by it, once more the other way. A click on a row shows its peer in the replay." }
        }
    }
}

/// A field to choose one value of a column.
fn choice(run: &Run, title: &str, column: usize) -> Markup {
    let mut values: Vec<String> = Vec::new();
    if let Shows::Text(of) = COLUMNS[column].shows {
        values.extend(listed(run).map(of));
    }
    values.sort();
    values.dedup();
    html! {
        label { (title) " " select data-column=(column) {
            option value="" { "all" }
            @for value in values { option value=(value) { (value) } }
        } }
    }
}
