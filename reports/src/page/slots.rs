//! Which class spent its upload slots on which, against random mixing.

use maud::{Markup, html};
use swarmlab_sim::results::{Mixing, Run, Share};

use crate::format::{NONE, duration, percent};

/// More classes than this make no table.
const CLASSES_MAX: usize = 12;
/// So many times random mixing is coloured in full.
const STRONG: f64 = 3.0;

pub(super) fn section(run: &Run) -> Markup {
    let mixing = Mixing::of(&run.tables.peers, &run.tables.transfers, run.summary.facts.simulated_s);
    let has_any = mixing.cells.iter().flatten().any(|cell| cell.unchoked_s > 0.0);
    html! {
        // With one class everything goes to it, by choice or by chance.
        @if has_any && mixing.takers.len() > 1 && mixing.givers.len() <= CLASSES_MAX {
            section {
                h3 { "Slots by class" }
                @if let Some(clustering) = mixing.clustering() {
                    p { "Leechers spent " strong { (format!("{clustering:.2} times")) } " as much of their slots within their own \
                        class as random mixing would." }
                }
                div.scroll { table.numbers.mixing {
                    thead { tr {
                        th.name { "from \\ to" }
                        @for taker in &mixing.takers { th scope="col" { (taker) } }
                        th { "slots, all together" }
                    } }
                    tbody { @for (giver, cells) in mixing.givers.iter().zip(&mixing.cells) { (row(giver, cells)) } }
                } }
                p.note {
                    "The share of a class’s unchoked time that went to each class, and how many times as much that is as if each \
                     peer had spent its time on all alike who were there and lacked something. For leechers the time until their \
                     own completion counts: after that nobody can pay them back. Legout et al. (2007) found clustering by uplink \
                     where the seed is fast, and none where it is slow."
                }
            }
        }
    }
}

fn row(giver: &str, cells: &[Share]) -> Markup {
    let all_s: f64 = cells.iter().map(|cell| cell.unchoked_s).sum();
    html! {
        tr {
            th.name scope="row" { (giver) }
            @for cell in cells {
                td style=(tint(cell)) {
                    @if all_s > 0.0 { (percent(cell.unchoked_s / all_s)) } @else { (NONE) }
                    @if let Some(ratio) = cell.ratio().filter(|_| all_s > 0.0) { br; span.change { (format!("× {ratio:.2}")) } }
                }
            }
            td { (duration(all_s)) }
        }
    }
}

/// Blue for more than at random, orange for less, the stronger the further.
fn tint(cell: &Share) -> String {
    let Some(ratio) = cell.ratio() else { return String::new() };
    let strength = (ratio.max(1e-3).ln() / STRONG.ln()).clamp(-1.0, 1.0);
    let colour = if strength > 0.0 { "86 180 233" } else { "230 159 0" };
    format!("background: rgb({colour} / {:.0}%)", strength.abs() * 45.0)
}
