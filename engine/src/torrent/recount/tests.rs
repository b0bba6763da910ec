//! Each rule finds what it is for, in the books of a torrent that is about to download.

use std::collections::VecDeque;

use bytes::BytesMut;
use rand::SeedableRng;

use crate::allowance::{Allowance, RateLimits};
use crate::metainfo::{BLOCK_BYTES, Geometry, make};
use crate::pacer::Pacer;
use crate::picker::RarestFirst;
use crate::random::Rng;
use crate::session::context::Context;
use crate::session::datagrams::Datagrams;
use crate::session::routes::{Inbound, Route, Routes};
use crate::session::{AddTorrent, SessionConfig, Source, StartWith, TorrentConfig};
use crate::storage::{Content, TorrentKey};
use crate::time::Time;
use crate::torrent::disk::PendingJob;
use crate::torrent::timers::Timer;
use crate::torrent::{Phase, Torrent};
use crate::wire::{BlockRequest, Decoder, Handshake, Message, PeerId};

const OWN: PeerId = PeerId([100; 20]);

/// A torrent with two peers that have everything: the first has unchoked us and is asked for blocks; both are interested.
struct Scene {
    routes: Routes,
    torrent: Torrent,
}

impl Scene {
    fn new(start: StartWith) -> Scene {
        let content =
            Content::formula(1, Geometry::new(8 * u64::from(BLOCK_BYTES), 2 * BLOCK_BYTES).unwrap());
        let fields =
            make::Fields { tiers: vec![vec!["http://10.0.0.1/announce".into()]], ..Default::default() };
        let metainfo = make::from_hashes("t", content.geometry(), content.piece_hashes(), &fields).unwrap();
        let info_hash = metainfo.info.hash();
        let session = SessionConfig { peer_id: OWN, listen_port: 1, seed: 1, limits: Default::default() };
        let (mut routes, mut rng) = (Routes::default(), Rng::seed_from_u64(1));
        let mut allowance = Allowance::new(session.limits);
        let mut outputs = VecDeque::new();
        let mut datagrams = Datagrams::default();
        let mut cx = Context {
            now: Time::from_secs(1),
            config: &session,
            rng: &mut rng,
            routes: &mut routes,
            allowance: &mut allowance,
            datagrams: &mut datagrams,
            outputs: &mut outputs,
        };
        let config = TorrentConfig { upload_slots: 1, ..TorrentConfig::default() };
        let is_known = start != StartWith::Check;
        let add = AddTorrent { torrent: Source::Metainfo(metainfo.into()), start, peers: Vec::new(), config };
        let mut torrent =
            Torrent::add(&mut cx, TorrentKey(0), add, Box::new(RarestFirst::default())).unwrap();
        for number in [1, 2] {
            let remote = ([10, 0, 0, number], 50_000).into();
            let inbound = Inbound { remote, decoder: Decoder::default() };
            let id = cx.routes.open(Route::Inbound(Box::new(inbound)));
            let theirs = Handshake { info_hash, peer_id: PeerId([number; 20]), fast: true, extended: false };
            torrent.adopt(&mut cx, id, &theirs);
        }
        if is_known {
            let said =
                [vec![Message::HaveAll, Message::Unchoke, Message::Interested], vec![Message::HaveAll]];
            for (at, messages) in said.into_iter().enumerate() {
                let mut bytes = BytesMut::new();
                messages.iter().for_each(|message| message.encode_head(&mut bytes));
                torrent.receive(&mut cx, at, [bytes.freeze()]);
            }
        }
        Scene { routes, torrent }
    }

    fn check(&self) -> Result<(), crate::invariant::Broken> {
        self.torrent.check_invariants(&self.routes, &Allowance::new(RateLimits::default()), OWN)
    }
}

/// What is expected to be found, and what spoils the books so: the property, words of what is said, the deed.
type Case<'a> = (&'a str, &'a str, fn(&mut Scene));

fn expect(start: StartWith, cases: &[Case<'_>]) {
    for (property, what, spoil) in cases {
        let mut scene = Scene::new(start.clone());
        assert_eq!(scene.check(), Ok(()), "before: {what}");
        spoil(&mut scene);
        let broken = scene.check().expect_err(what);
        assert!(broken.property == *property && broken.what.contains(what), "{what}: {broken}");
    }
}

#[test]
fn pieces_and_peers_that_disagree_are_found() {
    let asked = |scene: &Scene| scene.torrent.peers[0].pipeline.outstanding().len();
    assert!(asked(&Scene::new(StartWith::Nothing)) > 0, "the scene is set");
    expect(
        StartWith::Nothing,
        &[
            ("S18", "full peers", |scene| scene.torrent.peers[0].counted_as_full = false),
            ("S19", "0 peers are asked", |scene| drop(scene.torrent.peers[0].pipeline.clear())),
            ("S13", "was told of 1", |scene| scene.torrent.peers[0].haves_said = 1),
            ("S21", "2 peers are unchoked", |scene| {
                scene.torrent.peers[1].am_choking = false;
                scene.torrent.peers[1].peer_interested = true;
            }),
            ("S21", "optimistically", |scene| {
                scene.torrent.config.upload_slots = 2;
                for (_, peer) in &mut scene.torrent.peers {
                    (peer.peer_interested, peer.am_choking, peer.optimistic) = (true, false, true);
                }
            }),
            ("S21", "count as unchoked", |scene| scene.torrent.unchoked += 1),
            ("S9", "one number", |scene| scene.torrent.peers[1].contributor = 1),
            ("S9", "yet to come", |scene| scene.torrent.contributors = 1),
            ("S9", "who is gone", |scene| {
                let piece = scene.torrent.pieces.partials()[0].piece;
                scene.torrent.pieces.reserve(piece, 9);
            }),
            ("S26", "came", |scene| scene.torrent.totals.downloaded += 1),
        ],
    );
}

#[test]
fn connections_that_should_not_be_are_found() {
    expect(
        StartWith::Nothing,
        &[
            ("S28", "at most 1", |scene| scene.torrent.config.connections_max = 1),
            ("S28", "1 are counted", |scene| scene.torrent.met.remove(1)),
            ("S28", "not be known again", |scene| {
                scene.torrent.met.remove(1);
                scene.torrent.met.add(1, PeerId([9; 20]));
            }),
            ("S28", "being made", |scene| {
                for _ in 0..21 {
                    let id = scene.routes.open(Route::Vacant);
                    let remote = ([10, 0, 0, 9], 1).into();
                    let peer = crate::peer::PeerConnection::new(id, remote, true, Time::ZERO, 4, 500);
                    scene.torrent.peers.insert(peer);
                }
            }),
            ("S28", "while Stopping", |scene| scene.torrent.phase = Phase::Stopping),
            ("S28", "ourselves", |scene| scene.torrent.peers[1].aside.peer_id = OWN),
            ("S28", "the same peer", |scene| scene.torrent.peers[1].aside.peer_id = PeerId([1; 20])),
            ("S28", "is banned", |scene| {
                scene.torrent.banned.insert([10, 0, 0, 2].into());
            }),
            ("S28", "nobody is connected", |scene| {
                scene.torrent.addresses.in_use(([10, 0, 0, 9], 1).into());
            }),
            ("S28", "goes to None", |scene| {
                scene.routes.close(scene.torrent.peers[1].id);
            }),
        ],
    );
}

#[test]
fn jobs_that_nobody_waits_for_and_blocks_that_wait_for_no_job_are_found() {
    expect(
        StartWith::Nothing,
        &[
            ("S19", "has to write [(0, 1)]", |scene| {
                scene.torrent.jobs.insert(PendingJob::Write { piece: 0, block: 1 });
            }),
            ("S19", "has to write []", |scene| {
                let request = scene.torrent.peers[0].pipeline.outstanding()[0];
                scene.torrent.peers[0].pipeline.arrive(request.piece, request.block, 0, Time::ZERO);
                scene.torrent.pieces.arrive(request.piece, request.block, 1);
                scene.torrent.totals.downloaded += u64::from(BLOCK_BYTES);
            }),
            ("S15", "has to verify [3]", |scene| {
                scene.torrent.jobs.insert(PendingJob::Verify { piece: 3 });
            }),
            ("S29", "the disk has to do 1", |scene| {
                let request = BlockRequest { piece: 0, begin: 0, length: BLOCK_BYTES };
                let connection = scene.torrent.peers[1].id;
                scene.torrent.jobs.insert(PendingJob::Read { peer: 1, connection, request });
            }),
        ],
    );
    expect(
        StartWith::Check,
        &[
            ("S17", "5 checks are counted", |scene| scene.torrent.checks_begun += 1),
            ("S29", "0 pieces are checked", |scene| {
                scene.torrent.jobs.clear();
                scene.torrent.checks_done = scene.torrent.checks_begun;
            }),
            ("S32", "Announce is set: true", |scene| {
                scene.torrent.timers.set(Timer::Announce, Some(Time::ZERO));
            }),
        ],
    );
}

#[test]
fn a_timer_that_is_not_armed_is_found() {
    expect(
        StartWith::Nothing,
        &[
            ("S30", "Tick is set: false", |scene| scene.torrent.timers.set(Timer::Tick, None)),
            ("S30", "Choke is set: false", |scene| scene.torrent.timers.set(Timer::Choke, None)),
            ("S32", "Announce is set: false", |scene| scene.torrent.timers.set(Timer::Announce, None)),
            ("S30", "a block for", |scene| {
                let peer = &mut scene.torrent.peers[0];
                let request = BlockRequest { piece: 0, begin: 0, length: BLOCK_BYTES };
                peer.serve.push(request).unwrap();
                peer.serve.next_read();
                peer.serve.loaded(&request, bytes::Bytes::new());
                peer.pacer = Some(Box::new(Pacer::new(1, Time::from_secs(9))));
                peer.outbox.clear();
                peer.ready = false;
            }),
            ("S32", "what the tracker sends", |scene| {
                scene.routes.close(scene.torrent.announcer.connections().next().unwrap().1);
            }),
        ],
    );
}

#[test]
fn bytes_of_a_block_are_accounted_for_once_it_has_come() {
    let mut scene = Scene::new(StartWith::Nothing);
    let request = scene.torrent.peers[0].pipeline.outstanding()[0];
    scene.torrent.totals.downloaded += u64::from(BLOCK_BYTES);
    assert_eq!(scene.check().unwrap_err().property, "S26");
    scene.torrent.peers[0].pipeline.arrive(request.piece, request.block, 0, Time::ZERO);
    scene.torrent.pieces.arrive(request.piece, request.block, 1);
    let job = PendingJob::Write { piece: request.piece, block: request.block };
    scene.torrent.jobs.insert(job);
    assert_eq!(scene.check(), Ok(()));
}
