//! Notes what the tables need, at the times that the samplers ask for. Looks only: no client and no event depends on it.

use swarmlab_engine::picker::SwarmCopies;
use swarmlab_engine::time::Time;

use crate::results::{
    BYZANTINE, EventRow, LEECHER, PeerRow, PieceRow, ProgressRow, SAMPLES_MAX, SEED, Sampler, Snapshot,
    Tables, TransferRow, timeline, wide_samples_max,
};
use crate::scenario::Scenario;

use super::acquisitions::Acquisitions;
use super::addresses;
use super::flows::{Flow, Flows};
use super::participant::Participant;
use super::peer_host::PeerHost;

/// Samples of a run, as many as are kept.
pub struct Recorder {
    swarm: Sampler<Snapshot>,
    progress: Sampler<Vec<ProgressRow>>,
    pieces: Sampler<(f64, Vec<u32>)>,
    flows: Flows,
    /// When each peer came to hold each piece.
    pub acquisitions: Acquisitions,
    copies: SwarmCopies,
}

impl Recorder {
    /// For a run with so many peers, whose present ones hold these copies of the pieces.
    pub fn new(peers: usize, copies: SwarmCopies) -> Recorder {
        Recorder {
            swarm: Sampler::new(SAMPLES_MAX),
            progress: Sampler::new(wide_samples_max(peers)),
            pieces: Sampler::new(wide_samples_max(copies.to_vec().len())),
            flows: Flows::new(),
            acquisitions: Acquisitions::new(),
            copies,
        }
    }

    /// Takes the samples that are due before `until`: each shows what came of everything at its own time.
    pub fn catch_up<C: Participant>(&mut self, until: Time, peers: &mut [PeerHost<C>]) {
        while self.swarm.due() < until {
            let at = self.swarm.due();
            self.swarm.push(self.snapshot(at, peers));
        }
        while self.progress.due() < until {
            let at = self.progress.due();
            self.progress.push(progress_rows(at, peers));
        }
        while self.pieces.due() < until {
            let at = self.pieces.due();
            self.pieces.push((at.as_secs_f64(), self.copies.to_vec()));
        }
        while self.flows.due() < until {
            self.flows.push(flows(peers));
        }
    }

    /// The tables, closed by a last sample at the end of the run.
    pub fn finish<C: Participant>(
        self,
        now: Time,
        scenario: &Scenario,
        peers: &mut [PeerHost<C>],
        events: Vec<EventRow>,
    ) -> (Tables, f64) {
        let last = self.snapshot(now, peers);
        let sample_interval_s = self.swarm.interval_s();
        let copies = (now.as_secs_f64(), self.copies.to_vec());
        let flows = self.flows.finish(now, flows(peers));
        let tables = Tables {
            peers: peer_rows(now, scenario, peers),
            timeline: timeline(&self.swarm.finish(now, last)),
            progress: self.progress.finish(now, progress_rows(now, peers)).concat(),
            pieces: self.pieces.finish(now, copies).into_iter().flat_map(piece_rows).collect(),
            transfers: transfer_rows(now, peers),
            flows,
            acquisitions: self.acquisitions.into_rows(),
            events,
        };
        (tables, sample_interval_s)
    }

    fn snapshot<C: Participant>(&self, at: Time, peers: &[PeerHost<C>]) -> Snapshot {
        let mut snapshot = Snapshot { time_s: at.as_secs_f64(), ..Snapshot::default() };
        for peer in peers {
            snapshot.completed += u32::from(peer.wants() && peer.completed.is_some());
            let Some(progress) = peer.progress() else { continue };
            snapshot.uploaded_bytes += progress.totals.uploaded;
            snapshot.downloaded_bytes += progress.totals.downloaded;
            snapshot.wasted_bytes += progress.totals.wasted.total();
            if peer.starts_complete {
                snapshot.seed_uploaded_bytes += progress.totals.uploaded;
            }
            if peer.client.is_some() {
                let rates = peer.rates.now();
                snapshot.capacity_up_bits_per_s += rates.up as f64;
                snapshot.capacity_down_bits_per_s += rates.down as f64;
                snapshot.connections += progress.peers;
                let complete = progress.pieces_held == progress.piece_count;
                if peer.is_honest {
                    *(if complete { &mut snapshot.seeds } else { &mut snapshot.leechers }) += 1;
                }
            }
        }
        snapshot.connections /= 2;
        let mut copies = self.copies.to_vec();
        copies.sort_unstable();
        (snapshot.copies_min, snapshot.copies_max) = (copies[0], copies[copies.len() - 1]);
        snapshot.copies_median = copies[copies.len() / 2];
        snapshot
    }
}

fn progress_rows<C: Participant>(at: Time, peers: &[PeerHost<C>]) -> Vec<ProgressRow> {
    let row = |(number, peer): (usize, &PeerHost<C>)| {
        let progress = peer.client.as_ref().and_then(|_| peer.progress())?;
        Some(ProgressRow {
            time_s: at.as_secs_f64(),
            peer: number as u32,
            pieces: progress.pieces_held,
            uploaded_bytes: progress.totals.uploaded,
            downloaded_bytes: progress.totals.downloaded,
        })
    };
    peers.iter().enumerate().filter_map(row).collect()
}

fn piece_rows((time_s, copies): (f64, Vec<u32>)) -> impl Iterator<Item = PieceRow> {
    let row = move |(piece, copies)| PieceRow { time_s, piece: piece as u32, copies };
    copies.into_iter().enumerate().map(row)
}

fn transfer_rows<C: Participant>(now: Time, peers: &[PeerHost<C>]) -> Vec<TransferRow> {
    let of = |(uploader, peer): (usize, &PeerHost<C>)| {
        peer.given_so_far(now).into_iter().map(move |(downloader, given)| TransferRow {
            uploader: uploader as u32,
            downloader,
            payload_bytes: given.payload_bytes,
            unchoked_s: given.unchoked().as_secs_f64(),
            unchoked_complete_s: given.unchoked_complete().as_secs_f64(),
        })
    };
    peers.iter().enumerate().flat_map(of).collect()
}

/// What has flowed since the sample before.
fn flows<C: Participant>(peers: &mut [PeerHost<C>]) -> Vec<Flow> {
    let of = |(uploader, peer): (usize, &mut PeerHost<C>)| {
        peer.take_flows().into_iter().map(move |(downloader, bytes)| (uploader as u32, downloader, bytes))
    };
    peers.iter_mut().enumerate().flat_map(of).collect()
}

/// One row a peer that has joined.
pub fn peer_rows<C: Participant>(now: Time, scenario: &Scenario, peers: &[PeerHost<C>]) -> Vec<PeerRow> {
    let row = |(number, peer): (usize, &PeerHost<C>)| {
        let group = &scenario.groups[peer.group];
        let totals = peer.progress()?.totals;
        let viewing = peer.viewing(now);
        Some(PeerRow {
            peer: number as u32,
            group: group.name.clone(),
            role: role(peer).to_owned(),
            address: addresses::peer(peer.host).to_string(),
            up_bits_per_s: peer.rates.largest().up,
            down_bits_per_s: peer.rates.largest().down,
            joined_s: peer.joins.as_secs_f64(),
            completed_s: peer.completed.map(Time::as_secs_f64),
            left_s: peer.left.map(Time::as_secs_f64),
            uploaded_bytes: totals.uploaded,
            downloaded_bytes: totals.downloaded,
            wasted_bytes: totals.wasted.total(),
            protocol_up_bytes: peer.stream_bytes_sent.saturating_sub(totals.uploaded),
            protocol_down_bytes: peer.stream_bytes_received.saturating_sub(totals.downloaded),
            connections_max: totals.connections_peak,
            hash_failures: totals.hash_failures,
            wasted_duplicate_bytes: totals.wasted.duplicate,
            wasted_late_bytes: totals.wasted.late,
            wasted_unasked_bytes: totals.wasted.unasked,
            wasted_bad_piece_bytes: totals.wasted.bad_piece,
            wasted_no_room_bytes: totals.wasted.no_room,
            startup_s: viewing.and_then(|viewing| viewing.startup).map(|span| span.as_secs_f64()),
            stalls: viewing.map(|viewing| viewing.stalls),
            stalled_s: viewing.map(|viewing| viewing.stalled.as_secs_f64()),
            continuity: viewing.and_then(|viewing| viewing.continuity()),
        })
    };
    peers.iter().enumerate().filter_map(row).collect()
}

fn role<C: Participant>(peer: &PeerHost<C>) -> &'static str {
    match (peer.is_honest, peer.starts_complete) {
        (false, _) => BYZANTINE,
        (true, true) => SEED,
        (true, false) => LEECHER,
    }
}
