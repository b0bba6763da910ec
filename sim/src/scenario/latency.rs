//! `network.latency`: how long a segment travels between two hosts, queues not counted.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::network::{Latency, LatencyMatrix, RegionTable};

use super::measured::{LATENCIES, MeasuredLatency, Region};
use super::text::{Cases, Complaint, ExistingPath, Fields, Keys, Number, OneOf, Read, Words, Written};
use super::traces::RoundTripMatrix;
use super::value::{Span, span_written};

/// One way, up to longer than to the Moon and back.
pub(super) const LATENCY: Span = Span("ms", Duration::ZERO..=Duration::from_secs(10));
/// A median of nothing would make all nothing.
const MEDIAN: Span = Span("ms", Duration::from_nanos(1)..=Duration::from_secs(10));
/// Wider, and the longest latencies are hours.
const SIGMA: Number = Number(0.0..=3.0);

/// Where the one-way latency between two hosts comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum LatencySpec {
    /// `"20 ms"`: the same for every pair.
    Constant(Duration),
    /// `{ min = "10 ms", max = "60 ms" }`: drawn for each pair, evenly.
    Uniform {
        /// The smallest.
        min: Duration,
        /// The largest.
        max: Duration,
    },
    /// `{ median = "40 ms", sigma = 0.6 }`: drawn for each pair, its logarithm normally distributed.
    LogNormal {
        /// Half of the pairs are below.
        median: Duration,
        /// The standard deviation of the natural logarithm.
        sigma: f64,
    },
    /// `{ measured = "planetlab" }`: drawn for each pair from a measured distribution.
    Measured(&'static MeasuredLatency),
    /// `{ regions = "world" }`: by the regions of both hosts.
    Regions,
    /// `{ plane = "100 ms", floor = "5 ms" }`: hosts are scattered evenly over a square; distance is latency.
    Plane {
        /// The side of the square.
        side: Duration,
        /// What is added to every distance.
        floor: Duration,
    },
    /// `{ matrix = "rtt.csv" }`: half of a measured round trip, row from, column to.
    Matrix {
        /// The file.
        path: PathBuf,
        /// What it says, one way.
        matrix: Arc<LatencyMatrix>,
    },
}

impl LatencySpec {
    /// The same in the words of the network. Where hosts are in a plane, in which region, in which row, it does not
    /// say.
    pub fn in_network(&self) -> Latency {
        match self {
            LatencySpec::Constant(latency) => Latency::Constant(*latency),
            LatencySpec::Uniform { min, max } => Latency::Uniform { min: *min, max: *max },
            LatencySpec::LogNormal { median, sigma } => Latency::LogNormal { median: *median, sigma: *sigma },
            LatencySpec::Measured(measured) => Latency::Quantiles(measured.quantiles.into()),
            LatencySpec::Regions => Latency::Regions(Arc::new(region_table())),
            LatencySpec::Plane { floor, .. } => Latency::Plane { floor: *floor },
            LatencySpec::Matrix { matrix, .. } => Latency::Matrix(Arc::clone(matrix)),
        }
    }
}

fn region_table() -> RegionTable {
    let regions = || Region::NAMES.iter().map(|(_, region, _)| *region);
    let rows: Vec<Vec<Duration>> =
        regions().map(|from| regions().map(|to| from.latency_to(to)).collect()).collect();
    let names = Region::NAMES.iter().map(|(name, ..)| (*name).to_owned());
    LatencyMatrix::from_rows(&rows)
        .and_then(|between| RegionTable::new(names, between))
        .expect("a row and a column for each region")
}

/// How it is said.
pub const LATENCIES_FORM: OneOf<LatencySpec> = OneOf { what: "a latency", cases, write };

fn cases(cases: &mut Cases<'_, '_, LatencySpec>) {
    cases.plain("\"20 ms\"", "The same for every pair.", &LATENCY, LatencySpec::Constant);
    cases.table(
        &["min", "max"],
        "{ min = \"10 ms\", max = \"60 ms\" }",
        "Drawn for each pair of hosts, evenly between both bounds.",
        read_uniform,
    );
    cases.table(
        &["median", "sigma"],
        "{ median = \"40 ms\", sigma = 0.6 }",
        "Drawn for each pair of hosts, log-normally.",
        |keys| {
            let median = keys.required("median", "\"40 ms\"", "Half of the pairs are below.", &MEDIAN);
            let sigma =
                keys.required("sigma", "0.6", "The standard deviation of the natural logarithm.", &SIGMA);
            Ok(LatencySpec::LogNormal { median: median?, sigma: sigma? })
        },
    );
    cases.table(
        &["measured"],
        "{ measured = \"planetlab\" }",
        "Drawn for each pair of hosts from a measured distribution.",
        |keys| {
            let name = keys.required("measured", "\"planetlab\"", "Which distribution.", &MEASURED);
            Ok(LatencySpec::Measured(name?))
        },
    );
    cases.table(
        &["regions"],
        "{ regions = \"world\" }",
        "By the regions of both hosts: every group says its `region`.",
        |keys| {
            keys.required("regions", "\"world\"", "Which table of regions.", &WORLD)?;
            Ok(LatencySpec::Regions)
        },
    );
    cases.table(
        &["plane"],
        "{ plane = \"100 ms\", floor = \"5 ms\" }",
        "Hosts are scattered evenly over a square, and distance is latency.",
        |keys| {
            let side = keys.required("plane", "\"100 ms\"", "The side of the square.", &LATENCY);
            let floor = keys.or("floor", "What is added to every distance.", Duration::ZERO, &LATENCY);
            Ok(LatencySpec::Plane { side: side?, floor: floor? })
        },
    );
    cases.table(
        &["matrix"],
        "{ matrix = \"rtt.csv\" }",
        "Half of a measured round trip: a square file of milliseconds between commas, a line for each host that was \
         measured, row from, column to. Hosts are dealt out over its rows.",
        |keys| {
            let (path, matrix) = keys.required("matrix", "\"rtt.csv\"", "The file.", &RoundTripMatrix)?;
            Ok(LatencySpec::Matrix { path, matrix })
        },
    );
}

const MEASURED: Words<&MeasuredLatency> =
    Words("measured latency", &[(LATENCIES[0].name, &LATENCIES[0], LATENCIES[0].source)]);
const WORLD: Words<()> = Words("table of regions", &[("world", (), super::measured::REGIONS_SOURCE)]);

fn read_uniform(keys: &mut Keys<'_>) -> Read<LatencySpec> {
    let min = keys.required("min", "\"10 ms\"", "The smallest.", &LATENCY);
    let max = keys.required("max", "\"60 ms\"", "The largest.", &LATENCY);
    let (min, max) = (min?, max?);
    if min > max {
        let label = format!("the largest is {}", span_written(max));
        return Err(
            keys.refuse_key("min", Complaint::new("the least latency is over the largest").label(label))
        );
    }
    Ok(LatencySpec::Uniform { min, max })
}

fn write(latency: &LatencySpec) -> String {
    if let LatencySpec::Constant(latency) = latency {
        return LATENCY.written(latency);
    }
    Fields::inline(|fields| match latency {
        LatencySpec::Constant(_) => {}
        LatencySpec::Uniform { min, max } => {
            fields.put("min", &LATENCY, min);
            fields.put("max", &LATENCY, max);
        }
        LatencySpec::LogNormal { median, sigma } => {
            fields.put("median", &MEDIAN, median);
            fields.put("sigma", &SIGMA, sigma);
        }
        LatencySpec::Measured(measured) => fields.put("measured", &MEASURED, measured),
        LatencySpec::Regions => fields.put("regions", &WORLD, &()),
        LatencySpec::Plane { side, floor } => {
            fields.put("plane", &LATENCY, side);
            fields.put("floor", &LATENCY, floor);
        }
        LatencySpec::Matrix { path, .. } => fields.put("matrix", &ExistingPath, path),
    })
}
