//! What the hosts of a group are connected with: one link for all, or a measured mix of links.

use super::link::{LinkSpec, Queues};
use super::measured::{ACCESS_MIXES, AccessMix};
use super::text::{Fields, Form, Keys, Read, Shape, Value, Written, quoted_toml};
use super::value::LINK_RATE;

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
    pub(super) fn read(keys: &mut Keys<'_>) -> Read<Access> {
        let up = keys.optional("up", "The rate of each host's uplink.", &LINK_RATE);
        let down = keys.optional("down", "The rate of each host's downlink.", &LINK_RATE);
        let mix = keys.optional(
            "access",
            "In place of `up` and `down`: a measured mix of links, handed out in exact shares and in an order that \
             the seed decides.",
            &Mix,
        );
        let queues = Queues::read(keys);
        let set = keys.exactly_one(
            "the hosts of a group have an access link",
            "up = \"8 Mbit/s\" and down = \"32 Mbit/s\", or access = \"us-2021\"",
            &[&["up", "down"], &["access"]],
        );
        let (up, down, mix, queues) = (up?, down?, mix?, queues?);
        match (set?, mix) {
            (1, Some(mix)) => Ok(Access::Mix { mix, queues }),
            _ => {
                let up = keys.need("up", "\"8 Mbit/s\"", up);
                let down = keys.need("down", "\"32 Mbit/s\"", down);
                Ok(Access::Own(LinkSpec { up_bits_per_s: up?, down_bits_per_s: down?, queues }))
            }
        }
    }

    pub(super) fn write(&self, fields: &mut Fields) {
        match self {
            Access::Own(link) => {
                fields.put("up", &LINK_RATE, &link.up_bits_per_s);
                fields.put("down", &LINK_RATE, &link.down_bits_per_s);
            }
            Access::Mix { mix, .. } => fields.put("access", &Mix, mix),
        }
        self.queues().write(fields);
    }

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

/// The name of a measured mix of links.
struct Mix;

impl Form for Mix {
    type T = &'static AccessMix;

    fn read(&self, value: &Value<'_>) -> Read<&'static AccessMix> {
        let mixes: Vec<_> = ACCESS_MIXES.iter().map(|mix| (mix.name, mix, mix.source)).collect();
        value.word("access mix", &mixes)
    }

    fn shape(&self) -> Shape {
        let word = |mix: &AccessMix| (mix.name.to_owned(), mix.source.to_owned());
        Shape::Words(ACCESS_MIXES.iter().map(word).collect())
    }
}

impl Written for Mix {
    fn written(&self, mix: &&'static AccessMix) -> String {
        quoted_toml(mix.name)
    }
}
