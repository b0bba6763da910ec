//! Whatever happens meanwhile, nothing crosses a partition.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::chaos::{Chaos, HOSTS, plans, steps};
use crate::network::{Disturbance, DisturbanceId, Effect, EndId, HostId, HostSet};

/// Cuts a host off in both directions.
fn cut_off(chaos: &mut Chaos, host: u32) -> [DisturbanceId; 2] {
    let one: HostSet = [HostId(host)].into_iter().collect();
    [(one.clone(), one.others()), (one.others(), one)]
        .map(|(from, to)| chaos.network.disturb(Disturbance { from, to, effect: Effect::Blocked }))
}

/// What each end has received of streams between `host` and others.
fn across(chaos: &Chaos, host: u32) -> BTreeMap<EndId, u64> {
    let crosses = |id: &EndId, here: u32| {
        let there = chaos.ends.get(&id.peer()).map(|peer| peer.host);
        there.is_some_and(|there| (here == host) != (there == host))
    };
    let ends = chaos.ends.iter().filter(|(id, end)| crosses(id, end.host));
    ends.map(|(id, end)| (*id, end.received)).collect()
}

proptest! {
    #[test]
    fn nothing_crosses_a_partition_and_all_of_it_after(
        plan in plans(),
        before in steps(),
        during in steps(),
        host in 0..HOSTS,
    ) {
        let mut chaos = Chaos::new(&plan);
        before.iter().for_each(|step| chaos.step(step));
        let partition = cut_off(&mut chaos, host);
        // What was on its way is let through, and what has come is read.
        chaos.resume_all();
        chaos.run_until(chaos.queue.now() + Duration::from_secs(600));
        let crossed = across(&chaos, host);
        during.iter().for_each(|step| chaos.step(step));
        chaos.run_until(chaos.queue.now() + Duration::from_secs(600));
        prop_assert_eq!(across(&chaos, host), crossed);
        partition.into_iter().for_each(|disturbance| chaos.network.calm(&mut chaos.queue, disturbance));
        chaos.finish();
    }
}
