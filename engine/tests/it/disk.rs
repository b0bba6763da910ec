//! Disks that are full, and disks that hold something already.

use swarmlab_engine::session::{ConnectionId, Event, Input, StartWith};
use swarmlab_engine::storage::{DiskDone, DiskError, DiskErrorKind, Outcome, Work};
use swarmlab_engine::wire::Message;

use crate::rig::{Client, Disk, Lab, Torrent, addr, quiet};

fn failures(lab: &Lab) -> usize {
    lab.client.count(|event| matches!(event, Event::DiskFailed { .. }))
}

fn refusals(lab: &Lab) -> usize {
    lab.client.count(|event| matches!(event, Event::DiskFull { .. }))
}

fn serve(lab: &mut Lab, peers: &[ConnectionId], rounds: u32) {
    for _ in 0..rounds {
        peers.iter().for_each(|peer| lab.serve(*peer));
    }
}

#[test]
fn a_disk_that_fills_up_ends_the_requests_and_room_on_it_begins_them_again() {
    let mut lab = Lab::leech(&Torrent::pieces(40));
    lab.client.disk = Disk::RoomFor(10);
    let peers = [lab.greet_seed(1, true), lab.greet_seed(2, true)];
    serve(&mut lab, &peers, 20);
    assert_eq!((refusals(&lab), failures(&lab)), (1, 0));
    assert!(peers.iter().all(|peer| lab.is_open(*peer)), "what is held is still served");
    let held = lab.client.session.progress(lab.client.key).pieces_held;
    assert!((1..=5).contains(&held), "what was verified before is kept: {held}");
    peers.iter().for_each(|peer| drop(lab.asked(*peer)));
    lab.advance(10);
    assert!(peers.iter().all(|peer| lab.asked(*peer).is_empty()), "nothing is asked for without room");
    let serve_on = |lab: &mut Lab, seconds: u64| {
        for _ in 0..seconds {
            peers.iter().for_each(|peer| lab.say(*peer, &Message::KeepAlive));
            serve(lab, &peers, 1);
            lab.advance(1);
        }
    };
    serve_on(&mut lab, 1_000);
    // After 15 s, 30 s, 60 s … up to ten minutes.
    assert!((6..=8).contains(&refusals(&lab)), "{} refusals in 1,000 s", refusals(&lab));
    lab.client.disk = Disk::Fine;
    serve_on(&mut lab, 700);
    assert!(lab.client.is_complete());
    assert!(lab.client.session.progress(lab.client.key).totals.wasted.no_room > 0);
    lab.client.session.check_invariants().unwrap();
}

#[test]
fn a_half_full_storage_is_checked_and_only_what_is_missing_is_fetched() {
    let torrent = Torrent::pieces(40);
    let storage = torrent.memory((0..40).filter(|piece| piece % 2 == 0));
    let mut lab = Lab::new(&torrent, StartWith::Check, storage, Vec::new(), quiet());
    assert_eq!(lab.client.count(|event| matches!(event, Event::Checked { .. })), 40);
    assert_eq!(lab.client.session.progress(lab.client.key).pieces_held, 20);
    let peer = lab.greet_seed(1, true);
    assert!(matches!(lab.heard(peer).first(), Some(swarmlab_engine::wire::Message::Bitfield(_))));
    lab.advance(1);
    let mut fetched = Vec::new();
    for _ in 0..60 {
        for request in lab.asked(peer) {
            fetched.push(request.piece);
            lab.say(peer, &lab.block(request));
        }
        lab.advance(1);
    }
    assert!(lab.client.is_complete());
    assert!(fetched.iter().all(|piece| piece % 2 == 1));
    assert_eq!(lab.client.session.progress(lab.client.key).totals.downloaded, 20 * 32_768);
}

#[test]
fn a_check_that_finds_everything_makes_a_seed() {
    let torrent = Torrent::pieces(8);
    let lab = Lab::new(&torrent, StartWith::Check, torrent.memory(0..8), Vec::new(), quiet());
    assert!(lab.client.is_complete());
    assert_eq!(lab.client.count(|event| matches!(event, Event::Completed { .. })), 1);
}

/// A client of which the disk has not begun to check.
fn about_to_check(torrent: &Torrent) -> Lab {
    let known = vec![addr(1)];
    let mut client = Client::new(100, torrent, StartWith::Check, torrent.memory([]), known, quiet());
    client.disk = Disk::Stuck;
    Lab::around(torrent, client)
}

#[test]
fn stopping_during_the_check_is_final() {
    let mut lab = about_to_check(&Torrent::pieces(4));
    lab.input(Input::Stop);
    lab.client.disk = Disk::Fine;
    lab.settle();
    assert_eq!(lab.client.count(|event| *event == Event::Stopped), 1);
    assert!(lab.client.connects.is_empty(), "nobody is dialled after the stop");
    assert_eq!(lab.client.session.poll_timeout(), None);
}

#[test]
fn a_disk_that_fails_during_the_check_stops_the_torrent_for_good() {
    let mut lab = about_to_check(&Torrent::pieces(4));
    let job = lab.client.jobs.pop_front().unwrap();
    assert!(matches!(job.work, Work::Verify { .. }));
    let error = DiskError { kind: DiskErrorKind::Io, text: "bad sector".into() };
    let done = DiskDone { id: job.id, torrent: job.torrent, outcome: Outcome::Verified(Err(error)) };
    lab.input(Input::Disk(done));
    lab.client.disk = Disk::Fine;
    lab.settle();
    assert_eq!(failures(&lab), 1);
    assert!(lab.client.connects.is_empty(), "nobody is dialled after the failure");
    assert_eq!(lab.client.session.poll_timeout(), None);
}
