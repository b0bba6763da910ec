//! The keys of a group that set its BitTorrent clients.

use swarmlab_engine::{choker, picker};

use super::text::{Boolean, Count, Fields, Keys, Names, Read, Words};
use super::value::LINK_RATE;

const PICKER: Names = Names("picker", picker::NAMES);
const CHOKER: Names = Names("choker", choker::LEECHER_NAMES);
const SEED_CHOKER: Names = Names("seed choker", choker::SEED_NAMES);
/// With more slots none has a rate worth speaking of.
const UPLOAD_SLOTS: Count = Count(0..=1_000);
/// What the ports of one address allow.
const CONNECTIONS: Count = Count(1..=65_535);
/// More than anybody asks for ahead.
const REQUEST_QUEUE: Count = Count(1..=65_535);

/// More than anybody is connected with who could bring the block.
const ENDGAME_REQUESTERS: Count = Count(1..=255);

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
    /// `request_queue`: requests of one peer that are held, and that it is told of (BEP 10's `reqq`), 1 to 65,535.
    /// Default: 500, as libtorrent has it.
    pub request_queue: u32,
    /// `endgame_requesters`: peers that are asked for one block at the end of a download, 1 to 255; with 1 there is no
    /// endgame. Default: 2.
    pub endgame_requesters: u32,
    /// `fast_extension`: whether it speaks BEP 6. Default: true.
    pub fast_extension: bool,
    /// `suggest_pieces`: whether, as a seed, it suggests pieces that nobody else has (BEP 6). Default: true.
    pub suggest_pieces: bool,
    /// `upload_limit` and `download_limit`: payload, bit/s. Default: none, as much as the links carry.
    pub upload_limit: Option<u64>,
    /// See `upload_limit`.
    pub download_limit: Option<u64>,
    /// `super_seeding`: whether, as a seed from the start, it claims to have nothing and unveils pieces one by one (BEP 16).
    /// Default: false.
    pub super_seeding: bool,
    /// `tracker`: whether it asks the tracker. Default: true.
    pub tracker: bool,
    /// `pex`: whether it exchanges addresses of peers with peers (BEP 11). Default: false, so that who meets whom is the
    /// tracker's doing alone, which is what models and other simulators assume; the client that is shipped does.
    pub pex: bool,
    /// `given`: how it is given the torrent. Default: by its file.
    pub given: Given,
}

/// How a client is given the torrent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// By its file.
    File,
    /// By a magnet link: it fetches the metadata from peers first (BEP 9).
    Magnet,
}

const GIVEN: Words<Given> = Words(
    "way to be given a torrent",
    &[
        ("file", Given::File, "By its file."),
        ("magnet", Given::Magnet, "By a magnet link: the metadata come from peers (BEP 9)."),
    ],
);

impl Default for ClientSpec {
    fn default() -> ClientSpec {
        ClientSpec {
            picker: "rarest-first",
            choker: "tit-for-tat",
            seed_choker: "round-robin",
            upload_slots: 5,
            connections_max: 50,
            request_queue: 500,
            endgame_requesters: 2,
            fast_extension: true,
            suggest_pieces: true,
            super_seeding: false,
            upload_limit: None,
            download_limit: None,
            tracker: true,
            pex: false,
            given: Given::File,
        }
    }
}

impl ClientSpec {
    pub(super) fn read(keys: &mut Keys<'_>) -> Read<ClientSpec> {
        let default = ClientSpec::default();
        let picker = keys.or("picker", "Which piece a client asks for next.", default.picker, &PICKER);
        let choker =
            keys.or("choker", "Whom a client uploads to while it downloads.", default.choker, &CHOKER);
        let seed_choker = keys.or(
            "seed_choker",
            "Whom a client uploads to once it is complete.",
            default.seed_choker,
            &SEED_CHOKER,
        );
        let upload_slots = keys.or(
            "upload_slots",
            "Peers unchoked at a time; 0 never uploads. The default is the four and the optimistic one of BEP 3.",
            default.upload_slots,
            &UPLOAD_SLOTS,
        );
        let connections = keys.or(
            "connections",
            "Peers connected at a time. The default is Transmission's.",
            default.connections_max,
            &CONNECTIONS,
        );
        let request_queue = keys.or(
            "request_queue",
            "Requests of one peer that are held, and that it is told of (`reqq`, BEP 10). The default is libtorrent's.",
            default.request_queue,
            &REQUEST_QUEUE,
        );
        let endgame_requesters = keys.or(
            "endgame_requesters",
            "Peers that are asked for one block when every missing one was asked for; with 1 there is no endgame.",
            default.endgame_requesters,
            &ENDGAME_REQUESTERS,
        );
        let fast_extension = keys.or(
            "fast_extension",
            "Whether a client speaks the fast extension (BEP 6).",
            default.fast_extension,
            &Boolean,
        );
        let suggest_pieces = keys.or(
            "suggest_pieces",
            "Whether a client, once complete, suggests pieces that none of its peers has (SUGGEST PIECE, BEP 6).",
            default.suggest_pieces,
            &Boolean,
        );
        let super_seeding = keys.or(
            "super_seeding",
            "Whether a client that has everything from the start claims to have nothing, and tells each peer of a piece or two at a \
             time, until each piece is in the swarm (BEP 16).",
            default.super_seeding,
            &Boolean,
        );
        let upload_limit = keys.optional(
            "upload_limit",
            "Payload that a client sends at most. Left out: as much as its link carries.",
            &LINK_RATE,
        );
        let download_limit = keys.optional(
            "download_limit",
            "Payload that a client asks for at most. Left out: as much as its link carries.",
            &LINK_RATE,
        );
        let tracker = keys.or(
            "tracker",
            "Whether a client asks the tracker. One that does not has to know somebody, or to be found.",
            default.tracker,
            &Boolean,
        );
        let pex = keys.or(
            "pex",
            "Whether a client exchanges addresses of peers with peers (BEP 11). By default who meets whom is the tracker's doing alone, as models and other simulators have it.",
            default.pex,
            &Boolean,
        );
        let given = keys.or(
            "given",
            "How a client is given the torrent: by its `file`, or by a `magnet` link; then it fetches the metadata from peers first (BEP 9).",
            default.given,
            &GIVEN,
        );
        Ok(ClientSpec {
            picker: picker?,
            choker: choker?,
            seed_choker: seed_choker?,
            upload_slots: upload_slots?,
            connections_max: connections?,
            request_queue: request_queue?,
            endgame_requesters: endgame_requesters?,
            fast_extension: fast_extension?,
            suggest_pieces: suggest_pieces?,
            super_seeding: super_seeding?,
            upload_limit: upload_limit?,
            download_limit: download_limit?,
            tracker: tracker?,
            pex: pex?,
            given: given?,
        })
    }

    pub(super) fn write(&self, fields: &mut Fields) {
        fields.put("picker", &PICKER, &self.picker);
        fields.put("choker", &CHOKER, &self.choker);
        fields.put("seed_choker", &SEED_CHOKER, &self.seed_choker);
        fields.put("upload_slots", &UPLOAD_SLOTS, &self.upload_slots);
        fields.put("connections", &CONNECTIONS, &self.connections_max);
        fields.put("request_queue", &REQUEST_QUEUE, &self.request_queue);
        fields.put("endgame_requesters", &ENDGAME_REQUESTERS, &self.endgame_requesters);
        fields.put("fast_extension", &Boolean, &self.fast_extension);
        fields.put("suggest_pieces", &Boolean, &self.suggest_pieces);
        fields.put("super_seeding", &Boolean, &self.super_seeding);
        fields.put_some("upload_limit", &LINK_RATE, &self.upload_limit);
        fields.put_some("download_limit", &LINK_RATE, &self.download_limit);
        fields.put("tracker", &Boolean, &self.tracker);
        fields.put("pex", &Boolean, &self.pex);
        fields.put("given", &GIVEN, &self.given);
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
        assert_eq!(ours.request_queue, theirs.request_queue);
        assert_eq!(ours.endgame_requesters, u32::from(theirs.endgame_requesters_max));
        assert_eq!(ours.fast_extension, theirs.fast_extension);
        assert_eq!(ours.suggest_pieces, theirs.suggest_pieces);
        assert_eq!(ours.super_seeding, theirs.super_seeding);
        assert_eq!(ours.tracker, theirs.announce);
    }
}
