//! A map by address that needs little memory: each client of a large swarm has one of a hundred addresses and more.

use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

/// A map by address, in the order of addresses. Those of IPv4 take six bytes each, and lie side by side.
#[derive(Clone, Debug)]
pub(super) struct ByAddress<T> {
    v4: Vec<(SocketAddrV4, T)>,
    v6: BTreeMap<SocketAddrV6, T>,
}

impl<T> Default for ByAddress<T> {
    fn default() -> ByAddress<T> {
        ByAddress { v4: Vec::new(), v6: BTreeMap::new() }
    }
}

impl<T> ByAddress<T> {
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    pub fn contains(&self, address: SocketAddr) -> bool {
        self.get(address).is_some()
    }

    pub fn get(&self, address: SocketAddr) -> Option<&T> {
        match address {
            SocketAddr::V4(address) => self.place(address).ok().map(|at| &self.v4[at].1),
            SocketAddr::V6(address) => self.v6.get(&address),
        }
    }

    pub fn get_mut(&mut self, address: SocketAddr) -> Option<&mut T> {
        match address {
            SocketAddr::V4(address) => self.place(address).ok().map(|at| &mut self.v4[at].1),
            SocketAddr::V6(address) => self.v6.get_mut(&address),
        }
    }

    /// Puts `value` there, whatever was there before.
    pub fn insert(&mut self, address: SocketAddr, value: T) {
        match address {
            SocketAddr::V4(address) => match self.place(address) {
                Ok(at) => self.v4[at].1 = value,
                Err(at) => self.v4.insert(at, (address, value)),
            },
            SocketAddr::V6(address) => _ = self.v6.insert(address, value),
        }
    }

    pub fn remove(&mut self, address: SocketAddr) -> Option<T> {
        match address {
            SocketAddr::V4(address) => self.place(address).ok().map(|at| self.v4.remove(at).1),
            SocketAddr::V6(address) => self.v6.remove(&address),
        }
    }

    pub fn retain(&mut self, stays: impl Fn(&T) -> bool) {
        self.v4.retain(|(_, value)| stays(value));
        self.v6.retain(|_, value| stays(value));
    }

    pub fn iter(&self) -> impl Iterator<Item = (SocketAddr, &T)> {
        let v4 = self.v4.iter().map(|(address, value)| (SocketAddr::V4(*address), value));
        v4.chain(self.v6.iter().map(|(address, value)| (SocketAddr::V6(*address), value)))
    }

    /// Where it stands, or would have to.
    fn place(&self, address: SocketAddrV4) -> Result<usize, usize> {
        self.v4.binary_search_by_key(&address, |(address, _)| *address)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u8),
        Remove(SocketAddr),
        Change(SocketAddr, u8),
        Retain(u8),
    }

    /// Few enough that they are met again; of both families.
    fn addresses() -> impl Strategy<Value = SocketAddr> {
        (any::<bool>(), 0_u8..20, 1_u16..3).prop_map(|(is_v4, host, port)| match is_v4 {
            true => (Ipv4Addr::new(10, 0, host % 3, host), port).into(),
            false => (Ipv6Addr::from(u128::from(host) << 64), port).into(),
        })
    }

    fn steps() -> impl Strategy<Value = Vec<(SocketAddr, Step)>> {
        let step = prop_oneof![
            4 => any::<u8>().prop_map(Step::Insert),
            2 => addresses().prop_map(Step::Remove),
            1 => (addresses(), any::<u8>()).prop_map(|(address, value)| Step::Change(address, value)),
            1 => any::<u8>().prop_map(Step::Retain),
        ];
        prop::collection::vec((addresses(), step), 0..120)
    }

    proptest! {
        /// It is the standard library's map, in less memory.
        #[test]
        fn is_a_map_in_the_order_of_addresses(steps in steps()) {
            let (mut map, mut model) = (ByAddress::default(), BTreeMap::new());
            for (address, step) in steps {
                match step {
                    Step::Insert(value) => {
                        map.insert(address, value);
                        model.insert(address, value);
                    }
                    Step::Remove(address) => prop_assert_eq!(map.remove(address), model.remove(&address)),
                    Step::Change(address, new) => {
                        map.get_mut(address).into_iter().for_each(|value| *value = new);
                        model.get_mut(&address).into_iter().for_each(|value| *value = new);
                    }
                    Step::Retain(least) => {
                        map.retain(|value| *value >= least);
                        model.retain(|_, value| *value >= least);
                    }
                }
                prop_assert_eq!(map.len(), model.len());
                prop_assert_eq!(map.get(address), model.get(&address));
                prop_assert_eq!(map.contains(address), model.contains_key(&address));
                let order: Vec<_> = map.iter().map(|(address, value)| (address, *value)).collect();
                prop_assert_eq!(order, model.clone().into_iter().collect::<Vec<_>>());
            }
        }
    }
}
