//! What a scenario does to the paths between hosts: partitions, loss, delay.

use std::sync::Arc;
use std::time::Duration;

use super::config::assert_share;
use super::host::HostId;

/// Something that happens to whatever goes from any host of one set to any of another: segments, datagrams, and the
/// packets that set a connection up, acknowledge and reset. A partition both ways is two disturbances.
#[derive(Clone, Debug, PartialEq)]
pub struct Disturbance {
    /// The senders.
    pub from: HostSet,
    /// The receivers.
    pub to: HostSet,
    /// What happens.
    pub effect: Effect,
}

/// What a disturbance does to packets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Nothing gets through.
    Blocked,
    /// This share of the packets is lost, beyond what the path loses: 0 to 1.
    Loss(f64),
    /// What is sent takes so much longer.
    Delay(Duration),
}

/// A disturbance that lasts. Ids are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisturbanceId(pub(super) u64);

/// Some of the hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSet {
    /// In rising order.
    listed: Arc<[HostId]>,
    are_in: bool,
}

impl HostSet {
    /// Every host there is or will be.
    pub fn everybody() -> HostSet {
        HostSet { listed: Arc::new([]), are_in: false }
    }

    /// All hosts but these.
    pub fn others(&self) -> HostSet {
        HostSet { listed: self.listed.clone(), are_in: !self.are_in }
    }

    /// Whether `host` is one of them.
    pub fn contains(&self, host: HostId) -> bool {
        self.listed.binary_search(&host).is_ok() == self.are_in
    }
}

impl FromIterator<HostId> for HostSet {
    fn from_iter<I: IntoIterator<Item = HostId>>(hosts: I) -> HostSet {
        let mut listed: Vec<HostId> = hosts.into_iter().collect();
        listed.sort_unstable();
        listed.dedup();
        HostSet { listed: listed.into(), are_in: true }
    }
}

/// All that lasts.
#[derive(Debug, Default)]
pub(super) struct Disturbances {
    lasting: Vec<(DisturbanceId, Disturbance)>,
    began: u64,
}

impl Disturbances {
    pub fn begin(&mut self, disturbance: Disturbance) -> DisturbanceId {
        if let Effect::Loss(loss) = disturbance.effect {
            assert_share(loss);
        }
        let id = DisturbanceId(self.began);
        self.began += 1;
        self.lasting.push((id, disturbance));
        id
    }

    /// Whether it lasted until now.
    pub fn end(&mut self, id: DisturbanceId) -> bool {
        let before = self.lasting.len();
        self.lasting.retain(|&(lasting, _)| lasting != id);
        self.lasting.len() < before
    }

    pub fn lasting(&self) -> &[(DisturbanceId, Disturbance)] {
        &self.lasting
    }

    pub fn is_empty(&self) -> bool {
        self.lasting.is_empty()
    }

    /// Whether nothing gets from `from` to `to`, be it that everything is lost.
    pub fn block(&self, from: HostId, to: HostId) -> bool {
        self.kept(from, to) == 0.0
    }

    /// The share of the packets from `from` to `to` that get through.
    pub fn kept(&self, from: HostId, to: HostId) -> f64 {
        let kept = self.between(from, to).map(|effect| match effect {
            Effect::Blocked => 0.0,
            Effect::Loss(loss) => 1.0 - loss,
            Effect::Delay(_) => 1.0,
        });
        kept.product()
    }

    /// How much longer it takes from `from` to `to`.
    pub fn delay(&self, from: HostId, to: HostId) -> Duration {
        let delays = self.between(from, to).map(|effect| match effect {
            Effect::Delay(delay) => delay,
            Effect::Blocked | Effect::Loss(_) => Duration::ZERO,
        });
        delays.sum()
    }

    fn between(&self, from: HostId, to: HostId) -> impl Iterator<Item = Effect> {
        let concerned =
            self.lasting.iter().filter(move |(_, it)| it.from.contains(from) && it.to.contains(to));
        concerned.map(|(_, disturbance)| disturbance.effect)
    }
}
