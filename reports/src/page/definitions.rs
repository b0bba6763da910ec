//! What the figures mean and where their definitions come from.

use maud::{Markup, html};

use super::symbols::symbols;

/// Terms with their definitions.
const TERMS: [(&str, &str); 11] = [
    (
        "T_min",
        "max(F / u_s, F / d_min, N·F / (u_s + Σ u_i)): the least time in which N leechers can all receive a content of \
         size F, when the seeds upload at u_s, leecher i at u_i, and the slowest leecher downloads at d_min. It is stated \
         for leechers that start with nothing and all at once; departures only take capacity away, so it holds with them \
         too. R. Kumar, K. W. Ross: \
         Peer-Assisted File Distribution: The Minimum Distribution Time. HotWeb 2006.",
    ),
    ("Completion time", "From a leecher’s own arrival until it held and had verified every piece."),
    (
        "Last completion, above the bound",
        "From the first leecher’s arrival to the last completion, compared with T_min.",
    ),
    (
        "Median, 95 %",
        "Quantiles by linear interpolation between order statistics. Type 7 of R. J. Hyndman, Y. Fan: Sample Quantiles in \
         Statistical Packages. The American Statistician 50 (1996).",
    ),
    (
        "Upload utilisation",
        "Payload sent, divided by the upload rates of all peers present, integrated over the time in which somebody was \
         downloading. Headers and protocol share the links, so it stays below 100 %.",
    ),
    ("Waste", "Payload received that was of no use, of all payload received; the table of waste says why."),
    (
        "Fairness",
        "(Σx)² / (n·Σx²) over the mean download rates x of the n leechers: 1 if all are alike, 1/n if one gets all. \
         R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of Fairness. DEC-TR-301, 1984.",
    ),
    (
        "Clustering",
        "The time for which leechers unchoked others of their class, divided by what it would be had each spent the same time \
         on all alike who were there and lacked something. A. Legout, N. Liogkas, E. Kohler, L. Zhang: Clustering and Sharing \
         Incentives in BitTorrent Systems. SIGMETRICS 2007.",
    ),
    (
        "Sent by the seeds",
        "Payload that the peers sent that started with everything, in copies of the content.",
    ),
    (
        "Start-up, stalls, continuity",
        "Of those who watch while they fetch the content, means over whoever began: from their arrival until they could \
         begin, how often and how long they had to wait after that, and the share of the time since the beginning in which \
         it played. Where all is there already, up to the end of the content.",
    ),
    ("Event digest", "A hash of every event of the run, in order: equal digests mean equal runs."),
];

/// The files of a run's directory.
const FILES: [(&str, &str); 10] = [
    ("scenario.toml", "the scenario, every default written out"),
    ("summary.json", "the figures above"),
    ("peers.parquet", "one row per peer"),
    ("timeline.parquet", "the swarm at each sample"),
    ("progress.parquet", "each peer at each sample"),
    ("pieces.parquet", "the copies of each piece at each sample"),
    ("transfers.parquet", "payload and unchoked time between each pair"),
    ("flows.parquet", "payload between each pair, interval by interval"),
    ("acquisitions.parquet", "when each peer came to hold each piece"),
    ("events.parquet", "what the script of the scenario did"),
];

pub(super) fn section() -> Markup {
    html! {
        section {
            h2 { "Definitions" }
            dl { @for (term, definition) in TERMS { dt { (symbols(term)) } dd { (symbols(definition)) } } }
            h2 { "Files" }
            p.note { "This page was made from the files beside it alone." }
            dl.files { @for (file, content) in FILES { dt { (file) } dd { (content) } } }
        }
    }
}
