//! Links that several hosts share, and the tree they form.
//!
//! Its root is the core, which is infinitely fast. What two hosts exchange passes the links from the sender's side up to
//! where both sides meet, and from there down to the receiver's.

use std::time::Duration;

use super::config::assert_share;
use super::fifo::Fifo;
use super::pipe::{Discipline, Pipe};

/// A link between all that lies behind it and everybody else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharedLink {
    /// Rate towards the core, in bits a second, at least 1.
    pub up_bits_per_s: u64,
    /// Rate away from the core, in bits a second, at least 1.
    pub down_bits_per_s: u64,
    /// Limit of the queue before the way up, in bytes.
    pub queue_up_bytes: u64,
    /// Limit of the queue before the way down, in bytes.
    pub queue_down_bytes: u64,
    /// What both queues do.
    pub discipline: Discipline,
    /// Added to the latency of whatever passes, each way.
    pub latency: Duration,
    /// Share of the packets that it loses, in each direction, whatever its queues do: 0 to 1.
    pub loss: f64,
    /// The link that this one lies behind; `None` is the core.
    pub behind: Option<LinkId>,
}

/// A shared link. Ids are dense, in the order of [`Network::add_link`](super::Network::add_link).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u32);

/// Away from the hosts behind a link, or towards them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Towards the core.
    Up,
    /// Away from the core.
    Down,
}

/// Where a segment goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hop {
    Link(LinkId, Way),
    /// The receiver's downlink.
    Host,
}

#[derive(Debug)]
pub(super) struct Link {
    pub up: Fifo,
    pub down: Fifo,
    latency: Duration,
    pub loss: f64,
    behind: Option<LinkId>,
}

impl Link {
    pub fn fifo(&mut self, way: Way) -> &mut Fifo {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }
}

/// All shared links.
#[derive(Debug, Default)]
pub(super) struct Links {
    links: Vec<Link>,
}

impl Links {
    pub fn add(&mut self, spec: &SharedLink) -> LinkId {
        assert_share(spec.loss);
        assert!(spec.latency <= Duration::from_secs(3600), "a link's latency is over an hour");
        self.assert_known(spec.behind);
        let up = Pipe::new(spec.up_bits_per_s, spec.queue_up_bytes, spec.discipline);
        let down = Pipe::new(spec.down_bits_per_s, spec.queue_down_bytes, spec.discipline);
        let (latency, loss, behind) = (spec.latency, spec.loss, spec.behind);
        self.links.push(Link { up: Fifo::new(up), down: Fifo::new(down), latency, loss, behind });
        LinkId(self.links.len() as u32 - 1)
    }

    /// # Panics
    /// If there is no such link.
    pub fn assert_known(&self, link: Option<LinkId>) {
        let is_known = link.is_none_or(|link| (link.0 as usize) < self.links.len());
        assert!(is_known, "a link that was not added before what lies behind it");
    }

    pub fn get(&self, link: LinkId) -> &Link {
        &self.links[link.0 as usize]
    }

    pub fn get_mut(&mut self, link: LinkId) -> &mut Link {
        &mut self.links[link.0 as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }

    /// The first hop from a host behind `from` to one behind `to`.
    pub fn first_hop(&self, from: Option<LinkId>, to: Option<LinkId>) -> Hop {
        if from == to { Hop::Host } else { self.onward(from, to) }
    }

    /// The hop after `hop` on the way to a host behind `to`.
    pub fn next_hop(&self, hop: Hop, to: Option<LinkId>) -> Hop {
        match hop {
            Hop::Link(link, Way::Up) => self.onward(self.get(link).behind, to),
            Hop::Link(link, Way::Down) => self.descent(Some(link), to),
            Hop::Host => Hop::Host,
        }
    }

    /// What the links between a host behind `from` and one behind `to` add to the latency.
    pub fn latency(&self, from: Option<LinkId>, to: Option<LinkId>) -> Duration {
        let mut added = Duration::ZERO;
        let mut hop = self.first_hop(from, to);
        while let Hop::Link(link, _) = hop {
            added += self.get(link).latency;
            hop = self.next_hop(hop, to);
        }
        added
    }

    /// From the place behind `at`, reached from below: on up, unless `to` lies below.
    fn onward(&self, at: Option<LinkId>, to: Option<LinkId>) -> Hop {
        match at {
            Some(link) if !self.lies_behind(to, link) => Hop::Link(link, Way::Up),
            _ => self.descent(at, to),
        }
    }

    /// From the place behind `at`, below which `to` lies: the link that leads there.
    fn descent(&self, at: Option<LinkId>, to: Option<LinkId>) -> Hop {
        let mut below = to;
        while let Some(link) = below
            && below != at
        {
            let behind = self.get(link).behind;
            if behind == at {
                return Hop::Link(link, Way::Down);
            }
            below = behind;
        }
        Hop::Host
    }

    fn lies_behind(&self, mut place: Option<LinkId>, link: LinkId) -> bool {
        while place != Some(link) {
            let Some(behind) = place else { return false };
            place = self.get(behind).behind;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a` and `b` hang on the core, `a1` and `a2` on `a`, `a11` on `a1`.
    fn tree() -> (Links, [Option<LinkId>; 5]) {
        let mut links = Links::default();
        let mut add = |behind, millis| {
            Some(links.add(&SharedLink {
                up_bits_per_s: 1,
                down_bits_per_s: 1,
                queue_up_bytes: 0,
                queue_down_bytes: 0,
                discipline: Discipline::TailDrop,
                latency: Duration::from_millis(millis),
                loss: 0.0,
                behind,
            }))
        };
        let (a, b) = (add(None, 1), add(None, 10));
        let (a1, a2) = (add(a, 100), add(a, 1_000));
        let a11 = add(a1, 10_000);
        (links, [a, b, a1, a2, a11])
    }

    fn route(links: &Links, from: Option<LinkId>, to: Option<LinkId>) -> String {
        let mut route = String::new();
        let mut hop = links.first_hop(from, to);
        while let Hop::Link(link, way) = hop {
            route += &format!(
                "{}{}",
                if way == Way::Up { '^' } else { 'v' },
                ["a", "b", "a1", "a2", "a11"][link.0 as usize]
            );
            hop = links.next_hop(hop, to);
        }
        route
    }

    #[test]
    fn a_route_climbs_to_where_both_sides_meet_and_descends() {
        let (links, [a, b, a1, a2, a11]) = tree();
        for (from, to, expected) in [
            (None, None, ""),
            (a, a, ""),
            (a, b, "^avb"),
            (None, a11, "vava1va11"),
            (a11, None, "^a11^a1^a"),
            (a11, a2, "^a11^a1va2"),
            (a2, a11, "^a2va1va11"),
            (a11, a, "^a11^a1"),
            (a, a11, "va1va11"),
            (a1, b, "^a1^avb"),
        ] {
            assert_eq!(route(&links, from, to), expected);
        }
        assert_eq!(links.latency(a11, b), Duration::from_millis(10_111));
    }
}
