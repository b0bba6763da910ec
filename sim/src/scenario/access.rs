//! What the hosts of a group are connected with: one link for all, or a measured mix of links.

use super::link::{LinkSpec, Queues};
use super::measured::AccessMix;

/// The access links of a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// `up` and `down`: the same link for every host.
    Own(LinkSpec),
    /// `access = "us-2021"`: a measured mix of links, handed out in exact shares.
    Mix {
        /// The mix.
        mix: &'static AccessMix,
        /// What stands in front of each of its links.
        queues: Queues,
    },
}

impl Access {
    /// A link for each of `count` hosts, class by class: shares are exact up to rounding, by largest remainder.
    pub fn links(&self, count: u32) -> Vec<LinkSpec> {
        match self {
            Access::Own(link) => vec![link.clone(); count as usize],
            Access::Mix { mix, queues } => mix
                .hosts_of_each(count)
                .into_iter()
                .zip(mix.classes)
                .flat_map(|(hosts, class)| {
                    let link = LinkSpec {
                        up_bits_per_s: class.up_bits_per_s,
                        down_bits_per_s: class.down_bits_per_s,
                        queues: queues.clone(),
                    };
                    std::iter::repeat_n(link, hosts as usize)
                })
                .collect(),
        }
    }

    /// The queues in front of the links.
    pub fn queues(&self) -> &Queues {
        match self {
            Access::Own(link) => &link.queues,
            Access::Mix { queues, .. } => queues,
        }
    }
}
