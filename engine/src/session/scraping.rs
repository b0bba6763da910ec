//! Asking trackers how many are in a swarm, without taking part in it.

use std::collections::BTreeMap;

use crate::metainfo::InfoHash;
use crate::time::Time;
use crate::tracker::{TrackerUrl, UrlError};

use super::context::Context;
use super::inquiry::{Asker, Heard, Inquiry, Outcome, Question, Reply};
use super::{Event, Transmit};

/// Scrapes on their way at a time; a user who asks for more is told that it is too much.
const SCRAPES_MAX: usize = 256;

/// The scrapes that are on their way, by number.
#[derive(Debug, Default)]
pub(crate) struct Scrapes {
    under_way: BTreeMap<u32, Scrape>,
    next: u32,
}

#[derive(Debug)]
struct Scrape {
    tracker: String,
    info_hash: InfoHash,
    inquiry: Inquiry,
}

impl Scrapes {
    /// Asks a tracker about a torrent.
    pub fn begin(&mut self, cx: &mut Context<'_>, tracker: String, info_hash: InfoHash) {
        let url = match scrape_url(&tracker) {
            Ok(_) if self.under_way.len() >= SCRAPES_MAX => Err("too many scrapes are on their way".into()),
            url => url,
        };
        match url {
            Ok(url) => {
                let number = self.next;
                self.next = self.next.wrapping_add(1);
                let (asker, question) = (Asker::Scrape { number }, Question::Scrape(info_hash));
                let inquiry = Inquiry::begin(cx, asker, url, question, None);
                self.under_way.insert(number, Scrape { tracker, info_hash, inquiry });
            }
            Err(error) => cx.event(Event::ScrapeFailed { tracker, info_hash, error }),
        }
    }

    /// The bytes of a request, once.
    pub fn transmit(&mut self, number: u32) -> Option<Transmit> {
        self.under_way.get_mut(&number)?.inquiry.transmit()
    }

    /// A scrape has heard something.
    pub fn hear(&mut self, cx: &mut Context<'_>, number: u32, heard: Heard<'_>) {
        let Some(scrape) = self.under_way.get_mut(&number) else { return };
        if let Some(outcome) = scrape.inquiry.hear(cx, heard)
            && let Some(scrape) = self.under_way.remove(&number)
        {
            cx.event(scrape.outcome(outcome));
        }
    }

    /// When the next of them wants to hear of a silence.
    pub fn due(&self) -> Option<Time> {
        self.under_way.values().map(|scrape| scrape.inquiry.due()).min()
    }

    /// Tells all of the silence whose time it is.
    pub fn handle_timeout(&mut self, cx: &mut Context<'_>) {
        let is_due = |(number, scrape): (&u32, &Scrape)| (scrape.inquiry.due() <= cx.now).then_some(*number);
        let due: Vec<u32> = self.under_way.iter().filter_map(is_due).collect();
        due.into_iter().for_each(|number| self.hear(cx, number, Heard::Silence));
    }

    /// Nobody is asked any more.
    pub fn stop(&mut self, cx: &mut Context<'_>) {
        for (_, scrape) in std::mem::take(&mut self.under_way) {
            let Scrape { tracker, info_hash, inquiry } = scrape;
            inquiry.abandon(cx);
            cx.event(Event::ScrapeFailed { tracker, info_hash, error: "the client is leaving".into() });
        }
    }

    /// What is on its way, to be looked at.
    pub fn inquiries(&self) -> impl Iterator<Item = (Asker, &Inquiry)> {
        self.under_way.iter().map(|(number, scrape)| (Asker::Scrape { number: *number }, &scrape.inquiry))
    }
}

impl Scrape {
    fn outcome(self, outcome: Outcome) -> Event {
        let Scrape { tracker, info_hash, .. } = self;
        match outcome {
            Ok(Reply::Scraped(counts)) => Event::Scraped { tracker, info_hash, counts },
            Ok(Reply::Announced(_)) => unreachable!("a scrape is answered by counts"),
            Err(error) => Event::ScrapeFailed { tracker, info_hash, error },
        }
    }
}

fn scrape_url(tracker: &str) -> Result<TrackerUrl, String> {
    let url: TrackerUrl = tracker.parse().map_err(|error: UrlError| error.to_string())?;
    url.scrape().ok_or_else(|| "the tracker's URL does not say where it can be scraped (BEP 48)".into())
}
