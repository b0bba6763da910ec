//! Scenario files: who takes part in a swarm, over which links, when they come and go, and when the run ends.
//!
//! A scenario is a TOML file for people. It is read into a typed [`Scenario`] in which every value is checked and every
//! default filled in; nothing behind this module sees TOML, a unit or a string to be interpreted. Whatever is wrong is
//! answered with its place in the file and a proposal ([`ScenarioError`]). What a scenario means in simulated time is
//! not decided here.
//!
//! Values carry their unit: `"20 Mbit/s"`, `"256 MiB"`, `"30 ms"`. Rates in bits or bytes a second (`kbit/s`, `Mbit/s`,
//! `Gbit/s`; `kB/s`, `MB/s`, `KiB/s`, `MiB/s`), sizes decimal or binary (`kB`, `MB`; `KiB`, `MiB`), spans `ns` to `d`,
//! shares in `%`.
//!
//! The format has one source. What a value may be is a *form*, which reads it, writes it and describes it; the reader of
//! a table asks for each key with its meaning, its default and its form. [`describe`] lets the same readers ask with
//! nothing there, and writes down what they asked for: the manual page and the schema can't drift from the reader.

mod access;
mod arrival;
mod behaviour;
mod check;
mod client;
mod corrupt;
pub mod describe;
mod discipline;
mod group;
mod has;
mod latency;
mod link;
mod measured;
mod network;
mod on_complete;
mod question;
mod rate_steps;
mod refusal;
mod returns;
mod script;
mod shared_link;
mod spans;
mod stop;
pub(crate) mod text;
mod torrent;
mod traces;
mod tracker;
mod value;
mod watch;

use std::path::Path;

pub use crate::network::{Discipline, UplinkDiscipline};
pub use access::Access;
pub use arrival::{Arrival, Trace};
pub use behaviour::Behaviour;
pub use client::{ClientSpec, Given};
pub use corrupt::CorruptBlock;
pub use group::{Group, PEERS_MAX};
pub use has::Has;
pub use latency::LatencySpec;
pub use link::{LinkSpec, Queues};
pub use measured::{ACCESS_MIXES, AccessClass, AccessMix, LATENCIES, MeasuredLatency, Region};
pub use network::NetworkSpec;
pub use on_complete::OnComplete;
pub use rate_steps::{RateStep, RateSteps};
pub use refusal::Refusal;
pub use returns::Returns;
pub use script::{
    Action, Condition, DiskFault, HowMany, Keeps, Moment, RateTarget, ScriptedEvent, TrackerFault, Whom,
};
pub use shared_link::SharedLinkSpec;
pub use spans::Spans;
pub use stop::{Stop, StopWhen};
pub use text::ScenarioError;
pub use torrent::TorrentSpec;
pub use tracker::{TrackerProtocol, TrackerSpec};
pub use value::parse_rate;

use group::GROUPS;
use network::NETWORK;
use script::EVENTS;
use shared_link::LINKS;
use stop::STOP;
use text::{Complaint, Keys, Node, Read, Reader, Source, Whole, Writer};
use torrent::TORRENT;
use tracker::TRACKER;
use value::Label;

/// One experiment: everything that a run depends on besides the program itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// `name`: names results. Default: the file's name without `.toml`.
    pub name: String,
    /// The comment at the top of the file: the question that the scenario answers. Its line breaks are not kept.
    pub question: Option<String>,
    /// `seed`: where every random decision of the run begins. Default: 1.
    pub seed: u64,
    /// `[torrent]`: what is shared. Required.
    pub torrent: TorrentSpec,
    /// `[network]`: how far apart the hosts are, and how their streams behave.
    pub network: NetworkSpec,
    /// `[tracker]`: who tells peers of each other.
    pub tracker: TrackerSpec,
    /// `[links.NAME]`: links that groups of hosts share, in the file's order.
    pub links: Vec<SharedLinkSpec>,
    /// `[peers.NAME]`: the hosts, in groups of a kind, in the file's order. At least one is required.
    pub groups: Vec<Group>,
    /// `[[events]]`: what is done to the swarm while it runs, in the file's order.
    pub events: Vec<ScriptedEvent>,
    /// `[stop]`: when the run ends.
    pub stop: Stop,
}

impl Scenario {
    /// The scenario in the file at `path`, with `overrides` (each `path=value`, as in `torrent.size=64MiB`) laid over
    /// it. Paths in the file are relative to its folder, those in overrides to the current one; both become absolute.
    ///
    /// # Errors
    /// All that is wrong with the file and the overrides, at once.
    pub fn load(path: impl AsRef<Path>, overrides: &[String]) -> Result<Scenario, ScenarioError> {
        Scenario::load_for(path, overrides, |_| Vec::new())
    }

    /// As [`Scenario::load`], for somebody who can't do everything.
    ///
    /// # Errors
    /// Also what is refused, each with its place.
    pub fn load_for(
        path: impl AsRef<Path>,
        overrides: &[String],
        refusals: impl Fn(&Scenario) -> Vec<Refusal>,
    ) -> Result<Scenario, ScenarioError> {
        let file = text::read_file(path.as_ref())?;
        let here = std::path::absolute(".").ok();
        from_sources(sources(file, overrides, here.as_deref()), refusals)
    }

    /// A digest of what the file at `path` and the `overrides` say, `seed` apart. Comments, line breaks and the defaults of
    /// what they leave out don't count: two versions of the program that run the same experiment agree on it.
    ///
    /// # Errors
    /// The file can't be read, or is not TOML.
    pub fn digest_of_words(path: impl AsRef<Path>, overrides: &[String]) -> Result<String, ScenarioError> {
        let reader = Reader::new(sources(text::read_file(path.as_ref())?, overrides, None));
        match root(&reader) {
            Some(root) if reader.is_clean() => Ok(text::digest(&root, &["seed"])),
            _ => Err(reader.into_error()),
        }
    }

    /// The scenario `text`. `name` stands in messages, and without its extension is the default of the scenario's name.
    /// Paths stay as they are.
    ///
    /// # Errors
    /// As for [`Scenario::load`].
    pub fn parse(name: &str, text: &str, overrides: &[String]) -> Result<Scenario, ScenarioError> {
        let file = Source { name: name.to_owned(), text: text.to_owned(), folder: None };
        from_sources(sources(file, overrides, None), |_| Vec::new())
    }

    /// The scenario with every default written out. It reads back as an equal scenario.
    pub fn to_toml(&self) -> String {
        let mut out = Writer::default();
        if let Some(question) = &self.question {
            out.comment(question);
        }
        out.top(|fields| {
            fields.put("name", &Label, &self.name);
            fields.put("seed", &Whole, &self.seed);
        });
        out.table(&["torrent"], |fields| self.torrent.write(fields));
        out.table(&["network"], |fields| (NETWORK.write)(&self.network, fields));
        out.table(&["tracker"], |fields| (TRACKER.write)(&self.tracker, fields));
        for link in &self.links {
            out.table(&["links", &link.name], |fields| link.write(fields));
        }
        for group in &self.groups {
            out.table(&["peers", &group.name], |fields| group.write(fields));
        }
        for event in &self.events {
            out.item("events", |fields| event.write(self, fields));
        }
        out.table(&["stop"], |fields| (STOP.write)(&self.stop, fields));
        out.finish()
    }
}

fn sources(mut file: Source, overrides: &[String], here: Option<&Path>) -> Vec<Source> {
    // A byte order mark is no part of the text.
    if let Some(rest) = file.text.strip_prefix('\u{feff}') {
        file.text = rest.to_owned();
    }
    let overrides = overrides.iter().map(|text| Source {
        name: "--set".to_owned(),
        text: text.clone(),
        folder: here.map(Path::to_owned),
    });
    std::iter::once(file).chain(overrides).collect()
}

fn from_sources(
    sources: Vec<Source>,
    refusals: impl Fn(&Scenario) -> Vec<Refusal>,
) -> Result<Scenario, ScenarioError> {
    let file = &sources[0];
    if file.text.trim().is_empty() {
        let complaint = Complaint::new(format!("{} is empty", text::quoted(&file.name)))
            .help("a scenario has at least [torrent] with a size, and a group of peers such as [peers.seed]");
        return Err(complaint.unplaced());
    }
    let reader = Reader::new(sources);
    let Some(root) = root(&reader) else { return Err(reader.into_error()) };
    let read = reader.root(&root).table(|keys| read(keys, &reader.sources()[0]));
    if let Ok(scenario) = &read {
        check::check(scenario, &root, &reader);
        for refusal in refusals(scenario) {
            let path: Vec<&str> = refusal.path.iter().map(String::as_str).collect();
            reader.refuse(refusal.complaint(), root.place_of(&path));
        }
    }
    match read {
        Ok(scenario) if reader.is_clean() => Ok(scenario),
        _ => Err(reader.into_error()),
    }
}

/// The document of the file with all overrides laid over it, as far as they can be read.
fn root(reader: &Reader) -> Option<Node> {
    let mut root = keep(reader, text::parse_document(&reader.sources()[0].text, 0))?;
    for (number, source) in reader.sources().iter().enumerate().skip(1) {
        keep(reader, text::apply_override(&mut root, &source.text, number));
    }
    Some(root)
}

/// The value, or nothing after recording what is wrong.
fn keep<T>(reader: &Reader, result: Result<T, text::Problem>) -> Option<T> {
    result.map_err(|problem| reader.record(problem)).ok()
}

fn read(keys: &mut Keys<'_>, file: &Source) -> Read<Scenario> {
    let name =
        keys.optional("name", "Names the results. If left out: the file's name without `.toml`.", &Label);
    let seed = keys.or("seed", "Where every random decision of the run begins.", 1, &Whole);
    let torrent =
        keys.required("torrent", "[torrent] with size = \"256 MiB\"", "What the swarm shares.", &TORRENT);
    let network = keys.section(
        "network",
        "What lies between the access links, and the buffers of the hosts' streams.",
        NetworkSpec::default(),
        &NETWORK,
    );
    let tracker = keys.section("tracker", "How peers hear of each other.", TrackerSpec::default(), &TRACKER);
    let links = keys.section(
        "links",
        "Links that groups of hosts share, towards everybody who is not behind them.",
        Vec::new(),
        &LINKS,
    );
    let groups = keys.required(
        "peers",
        "[peers.seed] with has = \"all\"",
        "The hosts, in groups of a kind. Each host has a link and a client of its own.",
        &GROUPS,
    );
    let events = keys.section("events", "What is done to the swarm while it runs.", Vec::new(), &EVENTS);
    let stop = keys.section("stop", "When the run ends.", Stop::default(), &STOP);
    Ok(Scenario {
        name: match name? {
            Some(name) => name,
            None => name_of_file(keys, &file.name)?,
        },
        question: question::find(&file.text),
        seed: seed?,
        torrent: torrent?,
        network: network?,
        tracker: tracker?,
        links: links?,
        groups: groups?,
        events: events?,
        stop: stop?,
    })
}

fn name_of_file(keys: &Keys<'_>, file: &str) -> Read<String> {
    let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    match value::check_label(stem) {
        Ok(()) => Ok(stem.to_owned()),
        Err(complaint) => {
            Err(keys.refuse(complaint.help("the file's name won't do: give the scenario a `name`")))
        }
    }
}
