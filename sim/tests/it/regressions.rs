//! What was once broken, and was found by a search: each scenario runs with every check.

use std::path::Path;

use swarmlab_sim::explore::judge;
use swarmlab_sim::scenario::Scenario;

#[test]
fn nothing_that_was_mended_is_broken_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/regressions");
    // Nothing was found yet where there is no folder.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let scenario = Scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        if let Some(violation) = judge(&scenario, true).violation {
            panic!("{}: {violation}", path.display());
        }
    }
}
