//! What a tracker shows: lines for people, or objects for programs.

use std::net::SocketAddr;

use serde_json::{Value, json};
use swarmlab_engine::tracker::server::Statistics;

use crate::failure::Failure;
use crate::text::say;

use super::lists::Lists;

/// One of the two.
pub struct View {
    json: bool,
    /// What was said last of what was served.
    said: Option<Statistics>,
}

impl View {
    /// Objects, or lines.
    pub fn new(json: bool) -> View {
        View { json, said: None }
    }

    /// It can be asked.
    pub fn listening(&mut self, at: &[SocketAddr], lists: &Lists) {
        let at: Vec<String> = at.iter().map(SocketAddr::to_string).collect();
        match self.json {
            true => {
                let mut object = with_lists("listening", lists);
                object["addresses"] = at.into();
                say(object);
            }
            false => {
                say(format_args!("listening on {}, over HTTP and UDP; {}", at.join(", "), in_words(lists)))
            }
        }
    }

    /// It has read its lists again.
    pub fn reloaded(&mut self, lists: &Lists) {
        match self.json {
            true => say(with_lists("reloaded", lists)),
            false => say(format_args!("lists read again: {}", in_words(lists))),
        }
    }

    /// It has tried to.
    pub fn not_reloaded(&mut self, failure: &Failure) {
        match self.json {
            true => say(json!({ "event": "not_reloaded", "error": failure.to_string() })),
            false => say(format_args!("{failure}\nwhat was allowed before goes on")),
        }
    }

    /// What was served until now, if there is news.
    pub fn statistics(&mut self, now: &Statistics) {
        if self.said != Some(*now) {
            self.said = Some(*now);
            self.say_statistics("statistics", now);
        }
    }

    /// It ends.
    pub fn stopped(&mut self, now: &Statistics) {
        self.say_statistics("stopped", now);
    }

    fn say_statistics(&self, event: &str, now: &Statistics) {
        let Statistics { torrents, seeds, leechers, announces, scrapes, connects, refused } = now;
        match self.json {
            true => say(json!({
                "event": event,
                "torrents": torrents,
                "seeds": seeds,
                "leechers": leechers,
                "announces": announces,
                "scrapes": scrapes,
                "udp_connections": connects,
                "refused": refused,
            })),
            false => {
                let begins = if event == "stopped" { "stopped: " } else { "" };
                say(format_args!(
                    "{begins}{}, {}, {}; {}, {}, {} refused",
                    number(*torrents as u64, "torrent"),
                    number(*seeds as u64, "seed"),
                    number(*leechers as u64, "leecher"),
                    number(*announces, "announce"),
                    number(*scrapes, "scrape"),
                    number(*refused, "request"),
                ));
            }
        }
    }
}

fn with_lists(event: &str, lists: &Lists) -> Value {
    json!({
        "event": event,
        "allowed_torrents": lists.torrents.as_ref().map(|torrents| torrents.len()),
        "allowed_networks": lists.peers.as_ref().map(|peers| peers.networks.len()),
        "allowed_keys": lists.peers.as_ref().map(|peers| peers.keys.len()),
    })
}

fn in_words(lists: &Lists) -> String {
    let torrents = match &lists.torrents {
        None => "every torrent".to_owned(),
        Some(torrents) => number(torrents.len() as u64, "torrent"),
    };
    let peers = match &lists.peers {
        None => "everybody".to_owned(),
        Some(peers) => {
            let networks = number(peers.networks.len() as u64, "network");
            format!("{networks} and {}", number(peers.keys.len() as u64, "key"))
        }
    };
    format!("{torrents} for {peers}")
}

/// `1 peer`, `7 peers`.
fn number(number: u64, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
