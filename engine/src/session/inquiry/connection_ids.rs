//! What UDP trackers have given us to show with the next questions, by address. All torrents share it.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::time::Time;
use crate::tracker::udp::CONNECTION_ID_LIFE;

/// Ids that are kept. They live for a minute; one that finds no room is asked for again.
const IDS_MAX: usize = 1_000;

/// Connection ids, and until when each is used.
#[derive(Debug, Default)]
pub(crate) struct ConnectionIds {
    ids: BTreeMap<SocketAddr, (u64, Time)>,
}

impl ConnectionIds {
    /// That of this tracker, unless it has none that is still good.
    pub fn of(&self, tracker: SocketAddr, now: Time) -> Option<u64> {
        let (id, until) = self.ids.get(&tracker)?;
        (now < *until).then_some(*id)
    }

    /// A tracker has given us one.
    pub fn add(&mut self, tracker: SocketAddr, id: u64, now: Time) {
        if self.ids.len() >= IDS_MAX {
            self.ids.retain(|_, (_, until)| now < *until);
        }
        if self.ids.len() < IDS_MAX {
            self.ids.insert(tracker, (id, now + CONNECTION_ID_LIFE));
        }
    }

    /// The tracker does not know it any more.
    pub fn forget(&mut self, tracker: SocketAddr) {
        self.ids.remove(&tracker);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_used_for_a_minute_and_there_are_only_so_many() {
        let tracker = |n: u32| SocketAddr::from((std::net::Ipv4Addr::from(n), 1));
        let mut ids = ConnectionIds::default();
        for n in 0..IDS_MAX as u32 + 1 {
            ids.add(tracker(n), 7, Time::from_secs(1));
        }
        assert_eq!(ids.of(tracker(0), Time::from_secs(60)), Some(7));
        assert_eq!(ids.of(tracker(0), Time::from_secs(61)), None);
        assert_eq!(ids.of(tracker(IDS_MAX as u32), Time::from_secs(2)), None);
        ids.add(tracker(IDS_MAX as u32), 8, Time::from_secs(61));
        assert_eq!(ids.of(tracker(IDS_MAX as u32), Time::from_secs(62)), Some(8));
        ids.forget(tracker(IDS_MAX as u32));
        assert_eq!(ids.of(tracker(IDS_MAX as u32), Time::from_secs(62)), None);
    }
}
