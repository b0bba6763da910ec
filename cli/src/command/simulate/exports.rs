//! Files that are written while the run goes on: a capture and a trace.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use swarmlab_reports::export::{
    CAPTURE_BYTES_MAX, Capture, Extent, Output, PeerRanges, TRACE_BYTES_MAX, Trace,
};
use swarmlab_reports::format::{bytes, duration};
use swarmlab_sim::scenario::Scenario;
use swarmlab_sim::world::Observer;

use crate::failure::Failure;

/// What is to be written.
#[derive(Args)]
#[group(id = "exports")]
pub struct Arguments {
    /// Write the packets of all connections to FILE, as pcapng for Wireshark: each one when its sender hands it to its
    /// uplink. Ends at 1 GiB, with a warning.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Capture the connections of these peers only, by their numbers, as in `0,1,5-9`.
    #[arg(long, value_name = "PEERS", requires = "pcap")]
    pcap_peers: Option<PeerRanges>,
    /// Write what clients, connections and pieces did to FILE, as a trace for <https://ui.perfetto.dev>. Ends at 256 MiB,
    /// with a warning.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

impl Arguments {
    /// Refuses whatever was asked for.
    pub fn refuse(&self, why: &str) -> Result<(), Failure> {
        let asked = [("--pcap", &self.pcap), ("--trace", &self.trace)];
        match asked.into_iter().find(|(_, path)| path.is_some()) {
            Some((option, _)) => {
                let remedy = format!("leave out {option}, or simulate in the event world");
                Err(Failure::wrong_use(format_args!("{option}: {why}")).remedy(remedy))
            }
            None => Ok(()),
        }
    }
}

/// The files, open.
pub struct Exports {
    capture: Option<(PathBuf, Capture<File>)>,
    trace: Option<(PathBuf, Trace<File>)>,
}

/// A file that was written.
pub struct Exported {
    /// What it is.
    pub title: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// How far it reaches.
    extent: Extent,
}

impl Exports {
    /// Creates the files. Before the run: what can't be written is better known before the hours than after.
    pub fn create(arguments: &Arguments, scenario: &Scenario) -> Result<Exports, Failure> {
        if let Some(peers) = &arguments.pcap_peers {
            check(peers, scenario)?;
        }
        let mut exports = Exports { capture: None, trace: None };
        if let Some(path) = &arguments.pcap {
            let output = Output::new(create(path)?, CAPTURE_BYTES_MAX);
            exports.capture = Some((path.clone(), Capture::new(output, arguments.pcap_peers.clone())));
        }
        if let Some(path) = &arguments.trace {
            match create(path) {
                Ok(file) => {
                    exports.trace = Some((path.clone(), Trace::new(Output::new(file, TRACE_BYTES_MAX))))
                }
                Err(failure) => {
                    exports.discard();
                    return Err(failure);
                }
            }
        }
        Ok(exports)
    }

    /// Those who look on.
    pub fn observers<'a>(&'a mut self) -> Vec<&'a mut (dyn Observer + 'a)> {
        let capture = self.capture.iter_mut().map(|(_, capture)| capture as &mut (dyn Observer + 'a));
        let trace = self.trace.iter_mut().map(|(_, trace)| trace as &mut (dyn Observer + 'a));
        capture.chain(trace).collect()
    }

    /// There was no run: takes the files away that were made for it.
    pub fn discard(self) {
        let paths = [self.capture.map(|(path, _)| path), self.trace.map(|(path, _)| path)];
        // Best effort: the error that matters is the first one. Devices and pipes are not ours to take away.
        paths.into_iter().flatten().filter(|path| path.is_file()).for_each(|path| {
            let _ = fs::remove_file(path);
        });
    }

    /// Closes the files.
    pub fn finish(self) -> Result<Vec<Exported>, Failure> {
        let capture = self.capture.map(|(path, capture)| ("capture", path, capture.finish()));
        let trace = self.trace.map(|(path, trace)| ("trace", path, trace.finish()));
        let closed = |(title, path, extent): (&'static str, PathBuf, io::Result<Extent>)| match extent {
            Ok(extent) => Ok(Exported { title, path, extent }),
            Err(error) => Err(Failure::file("write", &path, error)
                .remedy("the run itself went on to its end; the file holds what was written before")),
        };
        capture.into_iter().chain(trace).map(closed).collect()
    }
}

impl Exported {
    /// What a person should know of it.
    pub fn warning(&self) -> Option<impl fmt::Display> {
        let Extent::Until(at, bytes_max) = self.extent else { return None };
        let advice = match self.title {
            "capture" => "; --pcap-peers captures fewer peers",
            _ => "",
        };
        Some(format!(
            "warning: {} ends after {} simulated, at the limit of {}{advice}",
            self.path.display(),
            duration(at.as_secs_f64()),
            bytes(bytes_max as f64),
        ))
    }
}

fn check(peers: &PeerRanges, scenario: &Scenario) -> Result<(), Failure> {
    let count: u32 = scenario.groups.iter().map(|group| group.count).sum();
    if peers.last() >= count {
        let what = format_args!("--pcap-peers names peer {}, and there is none", peers.last());
        return Err(Failure::wrong_use(what)
            .remedy(format_args!("the scenario has peers 0 to {}", count.saturating_sub(1))));
    }
    Ok(())
}

/// Opens a file that is not there, or something else that can be written to, such as a pipe to Wireshark.
fn create(path: &Path) -> Result<File, Failure> {
    if path.is_file() {
        return Err(Failure::wrong_use(format_args!("{} exists", path.display()))
            .remedy("name another file; an export is never written over"));
    }
    let file = File::options().write(true).create(true).truncate(true).open(path);
    file.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::file("write", path, error).remedy("its folder has to be there"),
        _ => Failure::file("write", path, error),
    })
}
