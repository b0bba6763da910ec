//! What a search has found: the summary of all its seeds.

use serde::Serialize;

use crate::check::Property;

/// The outcome of a search, in all its parts if it was taken up again.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The version of this format.
    pub format: u32,
    /// The version of the program.
    pub version: String,
    /// The first seed.
    pub from: u64,
    /// How many seeds, one after the other.
    pub seeds: u64,
    /// Events of their runs, repetitions not counted.
    pub events: u64,
    /// Their simulated time, together.
    pub simulated_s: f64,
    /// Seeds that broke a property.
    pub violations: u64,
    /// The broken properties.
    pub broken: Vec<Broken>,
    /// What a long search must see, and how often it was seen.
    pub sometimes: Vec<Seen>,
    /// The user ended it.
    pub is_interrupted: bool,
    /// How long this part took; the caller has the clock.
    pub wall_s: f64,
    /// Processor time of this part; the caller knows.
    pub cpu_s: f64,
}

/// A property that did not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Broken {
    /// Its number.
    pub property: String,
    /// Its name.
    pub name: String,
    /// What must hold.
    pub says: String,
    /// How many seeds broke it.
    pub count: u64,
    /// The first of them.
    pub seeds: Vec<u64>,
    /// The scenarios that show it, by their names in `found/`.
    pub cases: Vec<String>,
}

/// Something that a long search must see.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// What.
    pub what: String,
    /// How often.
    pub count: u64,
}

impl Found {
    /// The version of the summary's format.
    pub const FORMAT: u32 = 1;

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data") + "\n"
    }
}

impl Broken {
    /// No seed has broken it yet. The id may come from a file that another version has written.
    pub(super) fn new(id: &str) -> Broken {
        let property = crate::check::PROPERTIES.iter().find(|property| property.id == id);
        let text = |of: fn(&Property) -> &'static str| property.map_or("", of).to_owned();
        Broken {
            property: id.to_owned(),
            name: text(|property| property.name),
            says: text(|property| property.says),
            count: 0,
            seeds: Vec::new(),
            cases: Vec::new(),
        }
    }
}
