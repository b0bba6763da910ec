//! What is to be run, and where.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::compare::Plan;
use crate::results::{ResultsError, replace_durably};

use super::error::SweepError;
use super::files;
use super::runs::{self, SweptRun};

/// Runs of one sweep: each is two files.
pub const RUNS_MAX: u32 = 100_000;
/// The version of the manifest's format, and of the files that runs leave.
pub(super) const FORMAT: u32 = 1;
/// The manifest's file in the folder.
pub(super) const MANIFEST: &str = "manifest.json";
/// What is read of a manifest at most.
pub(super) const MANIFEST_BYTES_MAX: usize = 64 << 20;
/// Below the folder, what runs have left.
const RUNS: &str = "runs";

/// What is to be run, whole: nothing but the files that scenarios name is looked up anywhere else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this format.
    pub format: u32,
    /// A digest of all that follows: what tells this sweep from others.
    pub id: String,
    /// What is run.
    pub planned: Planned,
}

/// The manifest without its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The version of swarmlab that planned it.
    pub version: String,
    /// The digest of its executable: no other may run it.
    pub build: String,
    /// The files that scenarios name, each with the digest of what was in it.
    pub files: BTreeMap<String, String>,
    /// A scenario each, with its variants, every default written out, and its seeds.
    pub plans: Vec<Plan>,
}

impl Manifest {
    /// Of these scenarios, to be run by the executable with this digest.
    ///
    /// # Errors
    /// Two have the same name, there are too many runs, or a file that one of them names can't be read.
    pub fn new(plans: Vec<Plan>, build: &str) -> Result<Manifest, SweepError> {
        for (at, plan) in plans.iter().enumerate() {
            if plans[..at].iter().any(|other| other.scenario == plan.scenario) {
                return Err(SweepError::SameName(plan.scenario.clone()));
            }
        }
        let runs = plans.iter().map(|plan| plan.variants.len().saturating_mul(plan.seeds as usize));
        let runs = runs.fold(0, usize::saturating_add);
        if runs > RUNS_MAX as usize {
            return Err(SweepError::TooManyRuns(runs));
        }
        let mut files = BTreeMap::new();
        for variant in plans.iter().flat_map(|plan| &plan.variants) {
            for name in files::named_in(&variant.toml) {
                let path = PathBuf::from(&name);
                let digest =
                    files::digest_of_file(&path).map_err(|source| ResultsError::Read { path, source })?;
                files.insert(name, digest);
            }
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let planned = Planned { version, build: build.to_owned(), files, plans };
        Ok(Manifest { format: FORMAT, id: planned.digest(), planned })
    }
}

impl Planned {
    fn digest(&self) -> String {
        files::digest_of(&serde_json::to_vec(self).expect("no float key: always encodable"))
    }
}

/// A sweep in its folder.
#[derive(Clone, Debug)]
pub struct Sweep {
    folder: PathBuf,
    manifest: Manifest,
}

impl Sweep {
    /// Puts the manifest into `folder`, which is made if there is none. The same sweep may be there already: then nothing is
    /// changed, and what is finished stays finished. `process` as in [`exec`](super::exec()).
    ///
    /// # Errors
    /// The folder holds another sweep, or can't be written.
    pub fn create(folder: &Path, manifest: Manifest, process: &str) -> Result<Sweep, SweepError> {
        let path = folder.join(MANIFEST);
        if path.exists() {
            let is_same = Sweep::open(folder).is_ok_and(|there| there.manifest == manifest);
            return match is_same {
                true => Ok(Sweep { folder: folder.to_owned(), manifest }),
                false => Err(SweepError::Another(folder.to_owned())),
            };
        }
        let mut text = serde_json::to_string_pretty(&manifest).expect("no float key: always encodable");
        text.push('\n');
        if text.len() > MANIFEST_BYTES_MAX {
            return Err(SweepError::TooLong(text.len()));
        }
        fs::create_dir_all(folder)
            .map_err(|source| ResultsError::Write { path: folder.to_owned(), source })?;
        replace_durably(&path, process, |out| out.write_all(text.as_bytes()))?;
        Ok(Sweep { folder: folder.to_owned(), manifest })
    }

    /// The sweep in `folder`.
    ///
    /// # Errors
    /// There is none, or its manifest is not as it was written.
    pub fn open(folder: &Path) -> Result<Sweep, SweepError> {
        let missing = |source| SweepError::NoManifest { folder: folder.to_owned(), source };
        let unreadable = |source| SweepError::Unreadable { folder: folder.to_owned(), source };
        let mut text = String::new();
        let file = File::open(folder.join(MANIFEST)).map_err(missing)?;
        file.take(MANIFEST_BYTES_MAX as u64).read_to_string(&mut text).map_err(missing)?;
        let value: serde_json::Value = serde_json::from_str(&text).map_err(unreadable)?;
        if let Some(format) = value.get("format")
            && format.as_u64() != Some(FORMAT.into())
        {
            let found = format.to_string();
            return Err(SweepError::Format { folder: folder.to_owned(), found });
        }
        let manifest: Manifest = serde_json::from_value(value).map_err(unreadable)?;
        if manifest.id != manifest.planned.digest() {
            return Err(SweepError::Changed(folder.to_owned()));
        }
        Ok(Sweep { folder: folder.to_owned(), manifest })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is to be run.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// All its runs, by their numbers.
    pub fn runs(&self) -> Vec<SweptRun<'_>> {
        runs::all(&self.manifest.planned.plans)
    }

    /// How many runs it has.
    pub fn run_count(&self) -> u32 {
        let plans = &self.manifest.planned.plans;
        plans.iter().map(|plan| plan.variants.len() as u32 * plan.seeds).sum()
    }

    /// The folder of what runs have left.
    pub(super) fn runs_folder(&self) -> PathBuf {
        self.folder.join(RUNS)
    }

    /// Whether this executable, and the files on this machine, are those of the plan.
    ///
    /// # Errors
    /// They are not.
    pub fn can_run_here(&self, build: &str) -> Result<(), SweepError> {
        let planned = &self.manifest.planned;
        if build != planned.build {
            return Err(SweepError::OtherBuild {
                folder: self.folder.clone(),
                planned: planned.version.clone(),
                planned_build: planned.build.clone(),
                now: env!("CARGO_PKG_VERSION"),
                now_build: build.to_owned(),
            });
        }
        for (name, digest) in &planned.files {
            let path = PathBuf::from(name);
            let why = match files::digest_of_file(&path) {
                Ok(now) if now == *digest => continue,
                Ok(_) => "it has another content".to_owned(),
                Err(error) => error.to_string(),
            };
            return Err(SweepError::OtherFile { path, why });
        }
        Ok(())
    }
}
