//! Every kind of fault, when it happens to somebody; and every way to break a rule, when somebody honest meets one who
//! does.

use swarmlab_engine::session::Event;

use crate::check::judge::Bench;
use crate::check::swarm::{View, Watcher};
use crate::check::{Seen, Sight};
use crate::scenario::{Action, Behaviour, DiskFault, Keeps, RateTarget, TrackerFault};

/// Counts faults and misdeeds.
pub struct Faults;

impl Watcher for Faults {
    fn see(&mut self, bench: &mut Bench<'_>, view: &View, peer: u32, seen: &Seen<'_>) {
        if let Seen::Said(Event::PeerConnected { remote, .. }) = seen
            && view.roster.judged(peer).is_some()
            && let Some(with) = bench.setting.peer_at(remote.ip())
        {
            let group = bench.setting.group(with);
            misdeed(group.behaviour).into_iter().for_each(|sight| bench.sometimes(sight));
            if group.corrupt.is_some() {
                bench.sometimes(Sight::CorruptBlock);
            }
        }
    }

    fn scripted(&mut self, bench: &mut Bench<'_>, action: &Action, peers: &[u32]) {
        if matches!(action, Action::Tracker(_)) || !peers.is_empty() {
            fault(action).into_iter().flatten().for_each(|sight| bench.sometimes(sight));
        }
    }
}

fn misdeed(behaviour: Behaviour) -> Option<Sight> {
    Some(match behaviour {
        Behaviour::Honest => return None,
        Behaviour::Corrupts => Sight::Corrupts,
        Behaviour::NeverSends => Sight::NeverSends,
        Behaviour::LiesHaveAll => Sight::LiesHaveAll,
        Behaviour::FloodsHave => Sight::FloodsHave,
        Behaviour::RepeatsHave => Sight::RepeatsHave,
        Behaviour::Trickles => Sight::Trickles,
        Behaviour::FlapsChoke => Sight::FlapsChoke,
        Behaviour::IgnoresCancel => Sight::IgnoresCancel,
        Behaviour::SendsUnasked => Sight::SendsUnasked,
        Behaviour::RejectsAll => Sight::RejectsAll,
        Behaviour::FreeRides => Sight::FreeRides,
    })
}

fn fault(action: &Action) -> [Option<Sight>; 2] {
    match action {
        Action::Partition { one_way: false, .. } => [Some(Sight::Partition), None],
        Action::Partition { one_way: true, .. } => [Some(Sight::PartitionOneWay), None],
        Action::Loss { .. } => [Some(Sight::Loss), None],
        Action::Delay { .. } => [Some(Sight::Delay), None],
        Action::Rates { target: RateTarget::Peers(_), .. } => [Some(Sight::Rates), None],
        Action::Rates { target: RateTarget::Link(_), .. } => [Some(Sight::SharedRates), None],
        Action::Crash { silent, keeps, .. } => {
            let crash = if *silent { Sight::PowerCut } else { Sight::Crash };
            let keeps = match keeps {
                Keeps::Everything => Sight::CrashKeepsEverything,
                Keeps::Synced => Sight::CrashKeepsSynced,
                Keeps::Nothing => Sight::CrashKeepsNothing,
            };
            [Some(crash), Some(keeps)]
        }
        Action::Leave(_) => [Some(Sight::Leave), None],
        Action::Pause(_) => [Some(Sight::Pause), None],
        Action::Reset(_) => [Some(Sight::Reset), None],
        Action::Tracker(fault) => {
            let sight = match fault {
                TrackerFault::Down => Sight::TrackerDown,
                TrackerFault::Error => Sight::TrackerError,
                TrackerFault::Garbage => Sight::TrackerGarbage,
                TrackerFault::Empty => Sight::TrackerEmpty,
                TrackerFault::Slow => Sight::TrackerSlow,
            };
            [Some(sight), None]
        }
        Action::Disk { fault, .. } => {
            let sight = match fault {
                DiskFault::Full => Sight::DiskFull,
                DiskFault::Slow(_) => Sight::DiskSlow,
                DiskFault::Error => Sight::DiskError,
                DiskFault::Lying => Sight::DiskLies,
            };
            [Some(sight), None]
        }
    }
}
