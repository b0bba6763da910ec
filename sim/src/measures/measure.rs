//! What can be compared: figures of a run's summary, by name.

use crate::results::Summary;

/// In which direction a measure is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Times and waste.
    Lower,
    /// Shares of what was achieved.
    Higher,
}

/// What its figures count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds of simulated time until something is done.
    Seconds,
    /// Seconds of simulated time spent in vain.
    Wait,
    /// A share, 0 to 1.
    Share,
    /// Copies of the content.
    Copies,
    /// Jain's index, up to 1.
    Index,
}

/// One measure.
#[derive(Debug)]
pub struct Measure {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// Its name in sentences.
    pub words: &'static str,
    /// What its figures count.
    pub unit: Unit,
    /// In which direction it is good.
    pub better: Better,
    /// The figure of a run; none if the run has none.
    pub of: fn(&Summary) -> Option<f64>,
}

/// All measures; the first is the one that sentences are about if nobody says otherwise.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "last",
        words: "last completion",
        unit: Unit::Seconds,
        better: Better::Lower,
        of: |summary| summary.completion_s.last,
    },
    Measure {
        name: "median",
        words: "median completion",
        unit: Unit::Seconds,
        better: Better::Lower,
        of: |summary| summary.completion_s.median,
    },
    Measure {
        name: "p95",
        words: "95th percentile of completion",
        unit: Unit::Seconds,
        better: Better::Lower,
        of: |summary| summary.completion_s.p95,
    },
    Measure {
        name: "first",
        words: "first completion",
        unit: Unit::Seconds,
        better: Better::Lower,
        of: |summary| summary.completion_s.first,
    },
    Measure {
        name: "completed",
        words: "share of leechers that completed",
        unit: Unit::Share,
        better: Better::Higher,
        of: |summary| (summary.leechers > 0).then(|| summary.completed as f64 / summary.leechers as f64),
    },
    Measure {
        name: "utilisation",
        words: "use of the upload capacity",
        unit: Unit::Share,
        better: Better::Higher,
        of: |summary| Some(summary.upload_utilisation),
    },
    Measure {
        name: "waste",
        words: "share of payload that was waste",
        unit: Unit::Share,
        better: Better::Lower,
        of: |summary| Some(summary.waste_fraction),
    },
    Measure {
        name: "seed-copies",
        words: "copies that the initial seeds sent",
        unit: Unit::Copies,
        better: Better::Lower,
        of: |summary| Some(summary.seed_copies_sent),
    },
    Measure {
        name: "fairness",
        words: "fairness of download rates (Jain's index)",
        unit: Unit::Index,
        better: Better::Higher,
        of: |summary| summary.fairness,
    },
    Measure {
        name: "startup",
        words: "mean start-up delay of viewers",
        unit: Unit::Wait,
        better: Better::Lower,
        of: |summary| summary.watching?.startup_s,
    },
    Measure {
        name: "stalled",
        words: "mean time in stalls of viewers",
        unit: Unit::Wait,
        better: Better::Lower,
        of: |summary| summary.watching?.stalled_s,
    },
    Measure {
        name: "waiting",
        words: "mean start-up delay and stalls of viewers together",
        unit: Unit::Wait,
        better: Better::Lower,
        of: |summary| summary.watching?.waiting_s,
    },
    Measure {
        name: "continuity",
        words: "share of the time in which viewers saw the film go on",
        unit: Unit::Share,
        better: Better::Higher,
        of: |summary| summary.watching?.continuity,
    },
];

impl Measure {
    /// The measure with this name.
    pub fn by_name(name: &str) -> Option<&'static Measure> {
        MEASURES.iter().find(|measure| measure.name == name)
    }

    /// What more of it is called: of times `slower`, of waits `longer`, of others `higher`; and less of it.
    pub fn comparatives(&self) -> (&'static str, &'static str) {
        match self.unit {
            Unit::Seconds => ("slower", "faster"),
            Unit::Wait => ("longer", "shorter"),
            Unit::Share | Unit::Copies | Unit::Index => ("higher", "lower"),
        }
    }
}
