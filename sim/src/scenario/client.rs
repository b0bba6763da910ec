//! The keys of a group that set its BitTorrent clients.

use swarmlab_engine::{choker, picker};

use super::text::{Keys, Read, Writer};

/// More slots than that and none has a rate worth speaking of.
const UPLOAD_SLOTS_MAX: u32 = 1_000;
/// What the ports of one address allow.
const CONNECTIONS_MAX: u32 = 65_535;

/// How a client is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSpec {
    /// `picker`: which piece it asks for next, one of the engine's. Default: `rarest-first`.
    pub picker: &'static str,
    /// `choker`: whom it uploads to while it downloads, one of the engine's. Default: `tit-for-tat`.
    pub choker: &'static str,
    /// `seed_choker`: whom it uploads to once it is complete, one of the engine's. Default: `round-robin`.
    pub seed_choker: &'static str,
    /// `upload_slots`: peers unchoked at a time, up to 1,000; 0 never uploads. Default: 5, the four and the optimistic
    /// one of BEP 3.
    pub upload_slots: u32,
    /// `connections`: peers connected at a time, 1 to 65,535. Default: 50, as Transmission has it.
    pub connections_max: u32,
    /// `fast_extension`: whether it speaks BEP 6. Default: true.
    pub fast_extension: bool,
}

impl Default for ClientSpec {
    fn default() -> ClientSpec {
        ClientSpec {
            picker: "rarest-first",
            choker: "tit-for-tat",
            seed_choker: "round-robin",
            upload_slots: 5,
            connections_max: 50,
            fast_extension: true,
        }
    }
}

impl ClientSpec {
    pub(super) fn read(keys: &mut Keys<'_>) -> Read<ClientSpec> {
        let default = ClientSpec::default();
        let picker = keys.or("picker", default.picker, |value| value.name("picker", picker::NAMES));
        let choker = keys.or("choker", default.choker, |value| value.name("choker", choker::LEECHER_NAMES));
        let seed_choker = keys
            .or("seed_choker", default.seed_choker, |value| value.name("seed choker", choker::SEED_NAMES));
        let upload_slots =
            keys.or("upload_slots", default.upload_slots, |value| value.count(0..=UPLOAD_SLOTS_MAX));
        let connections =
            keys.or("connections", default.connections_max, |value| value.count(1..=CONNECTIONS_MAX));
        let fast_extension = keys.or("fast_extension", default.fast_extension, |value| value.boolean());
        Ok(ClientSpec {
            picker: picker?,
            choker: choker?,
            seed_choker: seed_choker?,
            upload_slots: upload_slots?,
            connections_max: connections?,
            fast_extension: fast_extension?,
        })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.text("picker", self.picker);
        out.text("choker", self.choker);
        out.text("seed_choker", self.seed_choker);
        out.bare("upload_slots", self.upload_slots);
        out.bare("connections", self.connections_max);
        out.bare("fast_extension", self.fast_extension);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_engine() {
        let (ours, theirs) = (ClientSpec::default(), swarmlab_engine::session::TorrentConfig::default());
        assert_eq!(ours.picker, theirs.picker);
        assert_eq!(ours.choker, theirs.choker);
        assert_eq!(ours.seed_choker, theirs.seed_choker);
        assert_eq!(ours.upload_slots, theirs.upload_slots);
        assert_eq!(ours.connections_max, theirs.connections_max);
        assert_eq!(ours.fast_extension, theirs.fast_extension);
    }
}
