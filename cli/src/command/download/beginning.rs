//! How a download begins: what is there already, and where it is kept.

use std::net::SocketAddr;
use std::sync::Arc;

use swarmlab_engine::client::{BoxedStorage, Place};
use swarmlab_engine::metainfo::{Info, Magnet, Metainfo};
use swarmlab_engine::resume::ResumeData;
use swarmlab_engine::session::{Source, StartWith};
use swarmlab_engine::storage::FilesStorage;

use crate::failure::Failure;

use super::keeping::Keeping;
use super::resuming::Resume;
use super::view::View;
use super::{Arguments, Given};

/// What a client is told of a torrent.
pub struct Beginning {
    pub source: Source,
    pub start: StartWith,
    pub place: Place,
    pub peers: Vec<SocketAddr>,
    pub keeping: Keeping,
}

impl Beginning {
    /// Looks for what earlier runs have left.
    pub fn of(arguments: &Arguments, given: Given, view: &mut dyn View) -> Result<Beginning, Failure> {
        let (info_hash, is_magnet) = match &given {
            Given::Torrent(metainfo) => (metainfo.info.hash(), false),
            Given::Magnet(magnet) => (magnet.info_hash, true),
        };
        let resume = Resume::new(&arguments.to, info_hash, is_magnet);
        let kept = if arguments.recheck { None } else { kept(&resume, view) };
        if arguments.recheck {
            resume.forget();
        }
        let peers = arguments.finding.peer.clone();
        match given {
            Given::Torrent(metainfo) => known(arguments, metainfo, kept, resume, peers, view),
            Given::Magnet(magnet) => match metadata_of(&magnet, kept.as_ref()) {
                Some(metainfo) => {
                    view.metadata(&metainfo);
                    known(arguments, metainfo, kept, resume, [peers, magnet.peers].concat(), view)
                }
                None => Ok(sought(arguments, magnet, resume, peers)),
            },
        }
    }
}

/// What an earlier run has left.
fn kept(resume: &Resume, view: &mut dyn View) -> Option<ResumeData> {
    resume.read().unwrap_or_else(|why| {
        view.note(&format!("the resume data of an earlier run are not used: {why}"));
        None
    })
}

/// The metadata that an earlier run has fetched for this link.
fn metadata_of(magnet: &Magnet, kept: Option<&ResumeData>) -> Option<Metainfo> {
    let info = Info::read(kept?.metadata.clone()?).ok()?;
    (info.hash() == magnet.info_hash).then(|| Metainfo::of_magnet(magnet, info))
}

/// Of a torrent of which the metadata are here.
fn known(
    arguments: &Arguments,
    metainfo: Metainfo,
    kept: Option<ResumeData>,
    resume: Resume,
    peers: Vec<SocketAddr>,
    view: &mut dyn View,
) -> Result<Beginning, Failure> {
    let info = &metainfo.info;
    // Asked before the storage is opened, which creates what is empty.
    let is_something_there = arguments.to.join(info.name()).symlink_metadata().is_ok();
    resume.look(info);
    let trusted = kept.and_then(|kept| match resume.trusted(&kept, info) {
        Ok(start) => Some(start),
        Err(why) => {
            view.note(&format!("the resume data of an earlier run are not used: {why}"));
            None
        }
    });
    let unknown = if is_something_there { StartWith::Check } else { StartWith::Nothing };
    let start = trusted.unwrap_or(unknown);
    let storage = FilesStorage::open(&arguments.to, info).map_err(|error| {
        Failure::new(format_args!("cannot open the target: {error}"))
            .remedy("--to DIR names another folder, which is created if need be")
    })?;
    let place = Place::from(Box::new(storage));
    Ok(Beginning { source: Arc::new(metainfo).into(), start, place, peers, keeping: Keeping::new(resume) })
}

/// Of a torrent of which the metadata are to be fetched from peers.
fn sought(arguments: &Arguments, magnet: Magnet, resume: Resume, peers: Vec<SocketAddr>) -> Beginning {
    let (folder, looks) = (arguments.to.clone(), resume.clone());
    let open = move |info: &Info| {
        looks.look(info);
        FilesStorage::open(&folder, info).map(|storage| Box::new(storage) as BoxedStorage)
    };
    // Nobody knows the names yet, so nobody can say that nothing is there.
    let (start, place) = (StartWith::Check, Place::later(open));
    Beginning { source: magnet.into(), start, place, peers, keeping: Keeping::new(resume) }
}
