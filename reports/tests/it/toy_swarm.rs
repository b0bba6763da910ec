//! Run directories to draw: a toy swarm that hands out whole pieces, so that the tables agree with each other
//! and look like those of a real run. It is no model of BitTorrent.

use std::path::Path;

use swarmlab_engine::time::Time;
use swarmlab_sim::results::{
    AcquisitionRow, EventRow, Facts, FlowRow, LEECHER, PeerRow, PieceRow, ProgressRow, RunDirectory,
    SAMPLES_MAX, SEED, Sampler, Snapshot, Summary, Tables, TimelineRow, Torrent, TransferRow, timeline,
    wide_samples_max,
};

/// A swarm to make.
pub struct Toy {
    pub seeds: u32,
    /// Name, peers, upload and download rate in bits per second.
    pub groups: Vec<(&'static str, u32, u64, u64)>,
    pub pieces: u32,
    pub piece_bytes: u64,
    /// Seconds between two arrivals.
    pub arrival_gap_s: f64,
    /// Whether leechers leave when they are complete.
    pub leave: bool,
    /// When the seeds leave.
    pub seeds_leave_s: Option<f64>,
    /// When the run ends at the latest.
    pub end_s: f64,
    /// What a script is said to have done.
    pub events: Vec<EventRow>,
}

impl Toy {
    /// One seed of 20 Mbit/s and `leechers` of 5 up and 20 down, who share 64 pieces of 256 KiB.
    pub fn new(leechers: u32) -> Toy {
        Toy {
            seeds: 1,
            groups: vec![("home", leechers, 5_000_000, 20_000_000)],
            pieces: 64,
            piece_bytes: 256 * 1024,
            arrival_gap_s: 0.0,
            leave: false,
            seeds_leave_s: None,
            end_s: 10_000.0,
            events: Vec::new(),
        }
    }

    /// Plays the swarm and writes its run directory.
    pub fn write(&self, path: &Path) {
        let (tables, simulated_s, interval_s) = Play::new(self).run();
        let facts = Facts {
            version: "0.1.0".to_owned(),
            scenario: "toy swarm".to_owned(),
            seed: 7,
            world: "event".to_owned(),
            digest: "3b9f1c2a77e0d541".to_owned(),
            stop_reason: "every leecher completed".to_owned(),
            torrent: Torrent {
                name: "toy".to_owned(),
                size_bytes: u64::from(self.pieces) * self.piece_bytes,
                piece_length_bytes: self.piece_bytes,
                pieces: self.pieces,
                info_hash: "c12fe1c06bba254a9dc9f519b335aa7c1367a88a".to_owned(),
            },
            simulated_s,
            wall_s: 1.25,
            cpu_s: 1.2,
            peak_rss_bytes: 48 << 20,
            events: 1_234_567,
            blocks: 204_800,
            sample_interval_s: interval_s,
            upload_capacity_bytes: None,
            t_min_exception: None,
            script: Vec::new(),
            audit: None,
        };
        let summary = Summary::new(facts, &tables.peers);
        let scenario =
            "# How fast does one seed serve a flash crowd, and how much of the work do the leechers do?\n\n";
        RunDirectory::create(path).unwrap().write(scenario, &tables, &summary).unwrap();
    }
}

/// The toy swarm while it plays.
struct Play<'a> {
    toy: &'a Toy,
    peers: Vec<PeerRow>,
    held: Vec<Vec<bool>>,
    counts: Vec<u32>,
    copies: Vec<u32>,
    /// What each peer may still send, and receive.
    credit_bytes: Vec<(f64, f64)>,
    sent: std::collections::BTreeMap<(u32, u32), u64>,
    /// Payload between pairs in the present second, bytes, and in those before.
    flowing: std::collections::BTreeMap<(u32, u32), u64>,
    flows: Vec<FlowRow>,
    acquisitions: Vec<AcquisitionRow>,
    random: u64,
}

impl<'a> Play<'a> {
    fn new(toy: &'a Toy) -> Play<'a> {
        let seed = ("seeds", toy.seeds, 20_000_000, 20_000_000);
        let mut peers: Vec<PeerRow> = Vec::new();
        for (index, (group, count, up, down)) in std::iter::once(&seed).chain(&toy.groups).enumerate() {
            for _ in 0..*count {
                let peer = peers.len() as u32;
                peers.push(PeerRow {
                    peer,
                    group: (*group).to_owned(),
                    role: if index == 0 { SEED } else { LEECHER }.to_owned(),
                    address: format!("10.0.{}.{}:6881", peer / 256, peer % 256),
                    up_bits_per_s: *up,
                    down_bits_per_s: *down,
                    joined_s: f64::from(peer.saturating_sub(toy.seeds)) * toy.arrival_gap_s,
                    left_s: if index == 0 { toy.seeds_leave_s } else { None },
                    connections_max: 30,
                    ..PeerRow::default()
                });
            }
        }
        let held: Vec<Vec<bool>> =
            peers.iter().map(|peer| vec![peer.is_seed(); toy.pieces as usize]).collect();
        let counts = peers.iter().map(|peer| if peer.is_seed() { toy.pieces } else { 0 }).collect();
        let copies = vec![toy.seeds; toy.pieces as usize];
        let credit_bytes = vec![(0.0, 0.0); peers.len()];
        Play {
            toy,
            peers,
            held,
            counts,
            copies,
            credit_bytes,
            sent: Default::default(),
            flowing: Default::default(),
            flows: Vec::new(),
            acquisitions: Vec::new(),
            random: 1,
        }
    }

    fn run(mut self) -> (Tables, f64, f64) {
        let mut line = Sampler::new(SAMPLES_MAX);
        let mut progress = Sampler::new(wide_samples_max(self.peers.len()));
        let mut pieces = Sampler::new(wide_samples_max(self.toy.pieces as usize * 10));
        let step_s = 0.25;
        let mut now_s = 0.0;
        while now_s < self.toy.end_s && self.wanted(now_s) {
            if now_s >= line.due().as_secs_f64() {
                line.push(self.snapshot(now_s));
            }
            if now_s >= progress.due().as_secs_f64() {
                progress.push(self.progress(now_s));
            }
            if now_s >= pieces.due().as_secs_f64() {
                pieces.push(self.pieces(now_s));
            }
            now_s += step_s;
            self.step(now_s, step_s);
            if now_s.fract() == 0.0 {
                self.note_flows(now_s - 1.0, now_s);
            }
        }
        self.note_flows(now_s.floor(), now_s);
        let end = Time::from_nanos((now_s * 1e9) as u64);
        let interval_s = line.interval_s();
        let last = self.snapshot(now_s);
        let timeline: Vec<TimelineRow> = timeline(&line.finish(end, last));
        let last = self.progress(now_s);
        let progress = progress.finish(end, last).concat();
        let last = self.pieces(now_s);
        let pieces = pieces.finish(end, last).concat();
        // As if each piece took a second to send.
        let transfer = |((uploader, downloader), payload_bytes)| TransferRow {
            uploader,
            downloader,
            payload_bytes,
            unchoked_s: payload_bytes as f64 / self.toy.piece_bytes as f64,
            unchoked_complete_s: 0.0,
        };
        let transfers = self.sent.into_iter().map(transfer).collect();
        let events = self.toy.events.clone();
        let (flows, acquisitions) = (self.flows, self.acquisitions);
        let peers = self.peers;
        let tables = Tables { peers, timeline, progress, pieces, transfers, flows, acquisitions, events };
        (tables, now_s, interval_s)
    }

    fn note_flows(&mut self, from_s: f64, until_s: f64) {
        for ((uploader, downloader), payload_bytes) in std::mem::take(&mut self.flowing) {
            self.flows.push(FlowRow { from_s, until_s, uploader, downloader, payload_bytes });
        }
    }

    fn wanted(&self, now_s: f64) -> bool {
        let open = |peer: &PeerRow| peer.completed_s.is_none() && !peer.is_seed();
        now_s == 0.0 || self.peers.iter().any(open)
    }

    fn present(&self, peer: usize, now_s: f64) -> bool {
        let row = &self.peers[peer];
        row.joined_s <= now_s && row.left_s.is_none_or(|left_s| left_s > now_s)
    }

    fn draw(&mut self, below: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % below.max(1)
    }

    fn step(&mut self, now_s: f64, step_s: f64) {
        for peer in 0..self.peers.len() {
            if self.present(peer, now_s) {
                let row = &self.peers[peer];
                let credit = &mut self.credit_bytes[peer];
                credit.0 += if self.counts[peer] > 0 { row.up_bits_per_s as f64 / 8.0 * step_s } else { 0.0 };
                credit.1 += row.down_bits_per_s as f64 / 8.0 * step_s;
            }
        }
        for uploader in 0..self.peers.len() {
            let left_s = self.peers[uploader].left_s;
            if self.peers[uploader].is_seed()
                && left_s.is_some_and(|left_s| (left_s..left_s + step_s).contains(&now_s))
            {
                self.copies.iter_mut().for_each(|copies| *copies -= 1);
            }
            if !self.present(uploader, now_s) || self.counts[uploader] == 0 {
                continue;
            }
            while self.credit_bytes[uploader].0 >= self.toy.piece_bytes as f64 {
                self.credit_bytes[uploader].0 -= self.toy.piece_bytes as f64;
                self.hand_out(uploader, now_s);
            }
        }
    }

    /// Gives the rarest of a few random pieces to a random peer that lacks it.
    fn hand_out(&mut self, uploader: usize, now_s: f64) {
        let mut best: Option<(u32, usize, usize)> = None;
        for _ in 0..48 {
            let downloader = self.draw(self.peers.len());
            let piece = self.draw(self.toy.pieces as usize);
            let wanted = self.held[uploader][piece] && !self.held[downloader][piece];
            let room = self.credit_bytes[downloader].1 >= self.toy.piece_bytes as f64 * 1.125;
            let useful = wanted && room && self.present(downloader, now_s);
            let rank = (self.copies[piece], downloader, piece);
            if useful && best.is_none_or(|best| rank.0 < best.0) {
                best = Some(rank);
            }
        }
        let Some((_, downloader, piece)) = best else { return };
        let bytes = self.toy.piece_bytes;
        let waste = if self.draw(50) == 0 { bytes / 8 } else { 0 };
        self.credit_bytes[downloader].1 -= (bytes + waste) as f64;
        self.held[downloader][piece] = true;
        self.counts[downloader] += 1;
        self.copies[piece] += 1;
        self.peers[uploader].uploaded_bytes += bytes + waste;
        let pair = (uploader as u32, downloader as u32);
        *self.sent.entry(pair).or_default() += bytes + waste;
        *self.flowing.entry(pair).or_default() += bytes + waste;
        let (peer, piece) = (downloader as u32, piece as u32);
        self.acquisitions.push(AcquisitionRow { time_s: now_s, peer, visit: 1, piece });
        let row = &mut self.peers[downloader];
        row.downloaded_bytes += bytes + waste;
        row.wasted_bytes += waste;
        row.wasted_duplicate_bytes += waste;
        if self.counts[downloader] == self.toy.pieces {
            row.completed_s = Some(now_s);
            if self.toy.leave {
                row.left_s = Some(now_s);
                self.copies.iter_mut().for_each(|copies| *copies -= 1);
            }
        }
    }

    fn snapshot(&self, now_s: f64) -> Snapshot {
        let present: Vec<usize> = (0..self.peers.len()).filter(|&peer| self.present(peer, now_s)).collect();
        let sum = |value: fn(&PeerRow) -> u64| self.peers.iter().map(value).sum::<u64>();
        let capacity =
            |value: fn(&PeerRow) -> u64| present.iter().map(|&peer| value(&self.peers[peer]) as f64).sum();
        let mut copies = self.copies.clone();
        copies.sort_unstable();
        let full = present.iter().filter(|&&peer| self.counts[peer] == self.toy.pieces).count() as u32;
        Snapshot {
            time_s: now_s,
            leechers: present.len() as u32 - full,
            seeds: full,
            completed: self.peers.iter().filter(|peer| peer.completed_s.is_some()).count() as u32,
            uploaded_bytes: sum(|peer| peer.uploaded_bytes),
            downloaded_bytes: sum(|peer| peer.downloaded_bytes),
            seed_uploaded_bytes: self
                .peers
                .iter()
                .filter(|peer| peer.is_seed())
                .map(|peer| peer.uploaded_bytes)
                .sum(),
            wasted_bytes: sum(|peer| peer.wasted_bytes),
            capacity_up_bits_per_s: capacity(|peer| peer.up_bits_per_s),
            capacity_down_bits_per_s: capacity(|peer| peer.down_bits_per_s),
            copies_min: copies.first().copied().unwrap_or(0),
            copies_median: copies.get(copies.len() / 2).copied().unwrap_or(0),
            copies_max: copies.last().copied().unwrap_or(0),
            connections: present.len() as u32 * 15,
        }
    }

    fn progress(&self, now_s: f64) -> Vec<ProgressRow> {
        let present = (0..self.peers.len()).filter(|&peer| self.present(peer, now_s));
        let row = |peer: usize| ProgressRow {
            time_s: now_s,
            peer: peer as u32,
            pieces: self.counts[peer],
            uploaded_bytes: self.peers[peer].uploaded_bytes,
            downloaded_bytes: self.peers[peer].downloaded_bytes,
        };
        present.map(row).collect()
    }

    fn pieces(&self, now_s: f64) -> Vec<PieceRow> {
        let row = |(piece, &copies): (usize, &u32)| PieceRow { time_s: now_s, piece: piece as u32, copies };
        self.copies.iter().enumerate().map(row).collect()
    }
}
