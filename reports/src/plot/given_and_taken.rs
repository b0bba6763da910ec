//! What each leecher gave and took: whether who gives more gets more.

use std::collections::BTreeMap;

use plotters::style::Color;
use swarmlab_sim::results::{PeerRow, Run};

use super::Plot;
use crate::chart::palette::{self, Dash, Stroke};
use crate::chart::{Axis, Chart, Entry};

/// The most dots; of more leechers every second, third … is drawn.
const DOTS_MAX: usize = 3_000;
/// More groups than there are colours are drawn as one.
const GROUPS_MAX: usize = 6;
const TITLE: &str = "Given and taken";

pub(super) fn plot(run: &Run) -> Plot {
    let end_s = run.summary.facts.simulated_s;
    let leechers: Vec<&PeerRow> = run.tables.peers.iter().filter(|peer| peer.is_leecher()).collect();
    let every = leechers.len().div_ceil(DOTS_MAX).max(1);
    let mut groups: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for peer in leechers.into_iter().step_by(every) {
        let rates = (peer.mean_up_bits_per_s(end_s), peer.mean_down_bits_per_s(end_s));
        if let (Some(up), Some(down)) = rates {
            groups.entry(&peer.group).or_default().push((up, down));
        }
    }
    if groups.len() > GROUPS_MAX {
        groups = BTreeMap::from([("all leechers", groups.into_values().flatten().collect())]);
    }
    let most = |rate: fn(&(f64, f64)) -> f64| groups.values().flatten().map(rate).fold(0.0, f64::max);
    let (up, down) = (most(|rates| rates.0), most(|rates| rates.1));
    let mut chart = Chart::new(
        TITLE,
        Axis::rate("sent, mean while present", up),
        Axis::rate("received, mean until complete", down),
    );
    let even = Stroke::solid(palette::SOFT, 1.2).dash(Dash::Dashed);
    chart.legend(
        groups.iter().enumerate().map(|(index, (name, _))| Entry::area(*name, colour(index).mix(0.6))),
    );
    chart.legend([Entry::line("as much as it gave", even)]);
    chart.line([(0.0, 0.0), (up.min(down), up.min(down))], even);
    for (index, dots) in groups.values().enumerate() {
        chart.dots(dots.iter().copied(), colour(index).mix(0.6).to_rgba());
    }
    if groups.is_empty() {
        chart.remark("there is no leecher");
    }
    let some = match every {
        1 => String::new(),
        every => format!(" One leecher in {every} is drawn."),
    };
    let caption = format!(
        "Each dot is a leecher: how fast it sent while it was there, and how fast it received until it was complete. Tit for \
         tat should give more to those who give more; where the dots of a group lie in a heap, chance alone tells its members \
         apart.{some}"
    );
    Plot::new("given-and-taken", TITLE, caption, chart)
}

fn colour(index: usize) -> plotters::style::RGBColor {
    palette::series(index).colour
}
