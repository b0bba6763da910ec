//! Any text is a scenario, or what is wrong with it can be shown; a scenario reads back as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmlab_sim::scenario::Scenario;

fuzz_target!(|text: &str| {
    match Scenario::parse("fuzzed.toml", text, &[]) {
        Ok(scenario) => {
            let written = scenario.to_toml();
            match Scenario::parse("fuzzed.toml", &written, &[]) {
                Ok(again) => assert!(again == scenario, "read back as another:\n{written}"),
                Err(error) => panic!("{error}\n{written}"),
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
