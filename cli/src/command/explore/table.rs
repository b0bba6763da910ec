//! What a search has found, for a person at a terminal.

use swarmlab_reports::format::{count, duration};
use swarmlab_sim::explore::{Broken, Folder, Found};

use crate::text::say;

/// Prints what was broken, what was seen, and where the rest is.
pub fn print(found: &Found, folder: &Folder) {
    let last = (found.from + found.seeds).saturating_sub(1);
    say(format_args!(
        "seeds       {} to {}: {} runs, {} events, {} simulated",
        found.from,
        last,
        count(found.seeds),
        count(found.events),
        duration(found.simulated_s),
    ));
    say(format_args!("cost        {} wall, {} processor", duration(found.wall_s), duration(found.cpu_s)));
    match found.violations {
        0 => say("violations  none"),
        seeds => say(format_args!("violations  {} seeds", count(seeds))),
    }
    for broken in &found.broken {
        print_broken(broken, folder);
    }
    say("sometimes   what a long search must see, and how often it was seen");
    for seen in &found.sometimes {
        let times = if seen.count == 0 { "never".to_owned() } else { count(seen.count) };
        say(format_args!("  {times:>12}  {}", seen.what));
    }
    say(format_args!("results     {}", folder.path().display()));
}

fn print_broken(broken: &Broken, folder: &Folder) {
    let seeds: Vec<String> = broken.seeds.iter().map(u64::to_string).collect();
    say(format_args!(
        "  {} {}: {} seeds, {} first. {}",
        broken.property,
        broken.name,
        count(broken.count),
        seeds.join(", "),
        broken.says
    ));
    for case in &broken.cases {
        say(format_args!("    {}", folder.path().join("found").join(case).with_extension("txt").display()));
    }
}
