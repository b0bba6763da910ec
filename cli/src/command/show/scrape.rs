//! How many are in the swarm, by each of its trackers.

use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{Client, Disk, Notice};
use swarmlab_engine::metainfo::Metainfo;
use swarmlab_engine::session::Event;
use swarmlab_engine::tracker::SwarmCounts;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::identity::session_config;
use crate::text::{printable, say};

/// What one tracker says.
pub struct Counted {
    tracker: String,
    /// How many there are, or why it does not say that.
    pub result: Result<SwarmCounts, String>,
}

/// Asks all trackers of a torrent, all at once; the answers are in the torrent's order.
pub fn all(torrent: &Metainfo) -> Result<Vec<Counted>, Failure> {
    let trackers = torrent.tiers.concat();
    if trackers.is_empty() {
        return Err(Failure::wrong_use("the torrent names no tracker that could be asked"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format_args!("cannot start: {error}")))?;
    let counted = runtime.block_on(ask(torrent, trackers));
    // A name that is still being resolved would be waited for.
    runtime.shutdown_background();
    counted
}

async fn ask(torrent: &Metainfo, trackers: Vec<String>) -> Result<Vec<Counted>, Failure> {
    let failed = |error| Failure::new(format_args!("cannot open a socket: {error}"));
    let client = Client::start(TokioNet, Disk::inline(), session_config(), None).await.map_err(failed)?;
    let mut events = client.events();
    let mut results: Vec<Option<Result<SwarmCounts, String>>> = vec![None; trackers.len()];
    for tracker in &trackers {
        client.scrape(tracker.clone(), torrent.info.hash()).await.map_err(Failure::new)?;
    }
    // A tracker that is named twice is asked twice, and answers as often.
    while results.contains(&None)
        && let Some(notice) = events.next().await
    {
        let (of, result) = match notice {
            Notice::Event(Event::Scraped { tracker, counts, .. }) => (tracker, Ok(counts)),
            Notice::Event(Event::ScrapeFailed { tracker, error, .. }) => (tracker, Err(error)),
            Notice::Event(_) | Notice::Missed(_) => continue,
        };
        let mut places = trackers.iter().zip(&mut results);
        if let Some((_, place)) = places.find(|(tracker, place)| **tracker == of && place.is_none()) {
            *place = Some(result);
        }
    }
    let lost = || Err("the client has ended".to_owned());
    let results = results.into_iter().map(|result| result.unwrap_or_else(lost));
    Ok(trackers.into_iter().zip(results).map(|(tracker, result)| Counted { tracker, result }).collect())
}

/// A table for people.
pub fn print(counted: &[Counted]) {
    let width = counted.iter().map(|counted| counted.tracker.chars().count()).max().unwrap_or(0);
    say(format_args!("{:<width$}  {:>8} {:>8} {:>9}", "swarm", "seeds", "leechers", "downloads"));
    for Counted { tracker, result } in counted {
        let tracker = printable(tracker);
        match result {
            Ok(SwarmCounts { seeds, leechers, downloads }) => {
                say(format_args!("{tracker:<width$}  {seeds:>8} {leechers:>8} {downloads:>9}"));
            }
            Err(error) => say(format_args!("{tracker:<width$}  {}", printable(error))),
        }
    }
}

impl Counted {
    /// The same for programs.
    pub fn as_json(&self) -> Value {
        match &self.result {
            Ok(SwarmCounts { seeds, leechers, downloads }) => {
                json!({ "tracker": self.tracker, "seeds": seeds, "leechers": leechers, "downloads": downloads })
            }
            Err(error) => json!({ "tracker": self.tracker, "error": error }),
        }
    }
}
