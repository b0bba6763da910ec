//! How a download begins: what is there already, and where it is kept.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::HumanBytes;
use swarmlab_engine::client::{BoxedStorage, Place};
use swarmlab_engine::metainfo::{FileSelection, Info, Magnet, Metainfo};
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
    pub files: FileSelection,
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
        let files = match (&arguments.files, &given) {
            (Some(files), _) => files.clone(),
            (None, Given::Torrent(_)) => FileSelection::all(),
            (None, Given::Magnet(magnet)) => magnet.select.clone(),
        };
        let (to, peers) = (arguments.to.clone(), arguments.finding.peer.clone());
        let prelude = Prelude { to, files, kept, resume, peers };
        match given {
            Given::Torrent(metainfo) => prelude.known(metainfo, view),
            Given::Magnet(magnet) => match metadata_of(&magnet, prelude.kept.as_ref()) {
                Some(metainfo) => {
                    view.metadata(&metainfo);
                    prelude.with_peers(magnet.peers).known(metainfo, view)
                }
                None => Ok(prelude.sought(magnet)),
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

/// What is known before the metadata are.
struct Prelude {
    to: PathBuf,
    files: FileSelection,
    kept: Option<ResumeData>,
    resume: Resume,
    peers: Vec<SocketAddr>,
}

impl Prelude {
    fn with_peers(mut self, more: Vec<SocketAddr>) -> Prelude {
        self.peers.extend(more);
        self
    }

    /// Of a torrent of which the metadata are here.
    fn known(self, metainfo: Metainfo, view: &mut dyn View) -> Result<Beginning, Failure> {
        let Prelude { to, files, kept, resume, peers } = self;
        let info = &metainfo.info;
        selected(info, &files, view)?;
        // Asked before the storage is opened, which creates what is empty.
        let is_something_there = to.join(info.name()).symlink_metadata().is_ok();
        resume.look(info);
        let trusted = kept.and_then(|kept| match resume.trusted(&kept, info, &files) {
            Ok(start) => Some(start),
            Err(why) => {
                view.note(&format!("the resume data of an earlier run are not used: {why}"));
                None
            }
        });
        let unknown = if is_something_there { StartWith::Check } else { StartWith::Nothing };
        let start = trusted.unwrap_or(unknown);
        let storage = FilesStorage::open_wanted(&to, info, &files).map_err(|error| {
            Failure::new(format_args!("cannot open the target: {error}"))
                .remedy("--to DIR names another folder, which is created if need be")
        })?;
        let (source, place) = (Arc::new(metainfo).into(), Place::from(Box::new(storage)));
        Ok(Beginning { source, start, place, peers, files, keeping: Keeping::new(resume) })
    }

    /// Of a torrent of which the metadata are to be fetched from peers.
    fn sought(self, magnet: Magnet) -> Beginning {
        let Prelude { to, files, resume, peers, .. } = self;
        let (wanted, looks) = (files.clone(), resume.clone());
        let open = move |info: &Info| {
            looks.look(info);
            FilesStorage::open_wanted(&to, info, &wanted).map(|storage| Box::new(storage) as BoxedStorage)
        };
        // Nobody knows the names yet, so nobody can say that nothing is there.
        let (start, place) = (StartWith::Check, Place::later(open));
        Beginning { source: magnet.into(), start, place, peers, files, keeping: Keeping::new(resume) }
    }
}

/// Says how much of a torrent is wanted, if not all.
pub fn selected(info: &Info, files: &FileSelection, view: &mut dyn View) -> Result<(), Failure> {
    if files.is_all() {
        return Ok(());
    }
    let all = || info.files().iter().filter(|file| !file.padding);
    let wanted = all().filter(|file| files.wants(file));
    let bytes: u64 = wanted.clone().map(|file| file.length).sum();
    if wanted.clone().next().is_none() {
        return Err(Failure::wrong_use(format_args!("the torrent has none of the files {files}"))
            .remedy("`swarmlab show` lists its files, with their numbers"));
    }
    let (count, of) = (wanted.count(), all().count());
    view.note(&format!("{count} of {of} files are wanted, {}", HumanBytes(bytes)));
    Ok(())
}
