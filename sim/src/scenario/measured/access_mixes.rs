//! Access links as they were measured.

/// A mix of access links.
#[derive(Debug, PartialEq)]
pub struct AccessMix {
    /// What scenarios call it.
    pub name: &'static str,
    /// Who measured it, and what was made of it here.
    pub source: &'static str,
    /// The kinds of link; their shares add up to 1,000.
    pub classes: &'static [AccessClass],
}

/// One kind of link in a mix.
#[derive(Debug, PartialEq, Eq)]
pub struct AccessClass {
    /// Its share, in thousandths of the hosts.
    pub share_per_mille: u32,
    /// Rate towards the host, in bit/s.
    pub down_bits_per_s: u64,
    /// Rate away from the host, in bit/s.
    pub up_bits_per_s: u64,
}

const KBIT: u64 = 1_000;
const MBIT: u64 = 1_000_000;

/// Every mix.
pub static ACCESS_MIXES: [AccessMix; 2] = [
    AccessMix {
        name: "saroiu-2002",
        source: "Four classes of links (Bharambe et al. 2006, after Saroiu et al. 2002).",
        classes: &[
            class(200, 784 * KBIT, 128 * KBIT),
            class(400, 1_500 * KBIT, 384 * KBIT),
            class(250, 3_000 * KBIT, 1_000 * KBIT),
            class(150, 10_000 * KBIT, 5_000 * KBIT),
        ],
    },
    AccessMix {
        name: "us-2021",
        source: "Subscribers in the United States by tier (OpenVault 2021): up to 100 Mbit/s down, 100 to 200, 200 to \
                 400, 500 to 900, and 1,000 or more. These shares add up to all subscribers, so there is no remainder \
                 to be dealt out; nothing was given between the tiers. Within a tier no rate was given: each stands at \
                 its upper end, and the last, which is open, at 1,000 Mbit/s. Uplinks are about what such tiers have: \
                 5, 10, 20, 35 and, for the fastest, 35 to 940 Mbit/s, of which the least is taken.",
        classes: &[
            class(201, 100 * MBIT, 5 * MBIT),
            class(475, 200 * MBIT, 10 * MBIT),
            class(172, 400 * MBIT, 20 * MBIT),
            class(47, 900 * MBIT, 35 * MBIT),
            class(105, 1_000 * MBIT, 35 * MBIT),
        ],
    },
];

impl AccessMix {
    /// How many of `count` hosts each class gets: whole numbers by largest remainder, the first class first among
    /// equals.
    pub fn hosts_of_each(&self, count: u32) -> Vec<u32> {
        let parts: Vec<u64> =
            self.classes.iter().map(|class| u64::from(count) * u64::from(class.share_per_mille)).collect();
        // At most `count`, which is a u32.
        let mut hosts: Vec<u32> = parts.iter().map(|part| (part / 1_000) as u32).collect();
        let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
        by_remainder.sort_by_key(|&class| std::cmp::Reverse(parts[class] % 1_000));
        let left = count - hosts.iter().sum::<u32>();
        for &class in by_remainder.iter().take(left as usize) {
            hosts[class] += 1;
        }
        hosts
    }
}

const fn class(share_per_mille: u32, down_bits_per_s: u64, up_bits_per_s: u64) -> AccessClass {
    AccessClass { share_per_mille, down_bits_per_s, up_bits_per_s }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ACCESS_MIXES;

    #[test]
    fn shares_add_up() {
        for mix in &ACCESS_MIXES {
            let shares: u32 = mix.classes.iter().map(|class| class.share_per_mille).sum();
            assert_eq!(shares, 1_000, "{}", mix.name);
        }
    }

    proptest! {
        #[test]
        fn every_host_gets_a_link_and_no_class_is_off_by_one(count in 0u32..=1_000_000) {
            for mix in &ACCESS_MIXES {
                let hosts = mix.hosts_of_each(count);
                prop_assert_eq!(hosts.iter().sum::<u32>(), count);
                for (hosts, class) in hosts.iter().zip(mix.classes) {
                    let exact = f64::from(count) * f64::from(class.share_per_mille) / 1_000.0;
                    prop_assert!((f64::from(*hosts) - exact).abs() < 1.0);
                }
            }
        }
    }
}
