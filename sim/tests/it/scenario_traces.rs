//! Files of times, rates and latencies that a scenario names.

use std::fs;
use std::time::Duration;

use swarmlab_sim::scenario::{Arrival, LatencySpec, RateStep, Scenario};
use tempfile::{TempDir, tempdir};

const SCENARIO: &str = r#"
[torrent]
size = "64 MiB"
[network]
latency = { matrix = "rtt.csv" }
[peers.seed]
count = 1
has = "all"
up = "20 Mbit/s"
down = "100 Mbit/s"
[peers.leecher]
count = 3
up = "8 Mbit/s"
down = "32 Mbit/s"
arrival = { trace = "arrivals.csv" }
rates = { trace = "cell.csv" }
"#;

fn folder() -> TempDir {
    let folder = tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("crowd.toml", SCENARIO);
    write("rtt.csv", "# Measured at home\n0.5, 80\n90, 1\n");
    write("arrivals.csv", "time_s\n0\n1.5\r\n\n1.5\n60\n");
    write("cell.csv", "time_s,up_bits_per_s,down_bits_per_s\n0,1000000,4000000\n10.25,500000,4e6\n");
    folder
}

fn load(folder: &TempDir) -> Result<Scenario, String> {
    Scenario::load(folder.path().join("crowd.toml"), &[])
        .map_err(|error| error.to_string().replace(folder.path().to_str().unwrap(), "FOLDER"))
}

#[test]
fn what_files_say_is_read_with_the_scenario() {
    let folder = folder();
    let scenario = load(&folder).unwrap_or_else(|error| panic!("{error}"));
    let LatencySpec::Matrix { matrix, .. } = &scenario.network.latency else { panic!("a matrix") };
    assert_eq!(matrix.one_way(0, 1), Duration::from_millis(40));
    assert_eq!(matrix.one_way(1, 0), Duration::from_millis(45));
    assert_eq!(matrix.one_way(0, 0), Duration::from_micros(250));
    let leecher = &scenario.groups[1];
    let Arrival::Trace(trace) = &leecher.arrival else { panic!("a trace") };
    assert_eq!(*trace.times, [0, 1_500, 1_500, 60_000].map(Duration::from_millis));
    let step = |ms, up, down| RateStep {
        at: Duration::from_millis(ms),
        up_bits_per_s: Some(up),
        down_bits_per_s: Some(down),
    };
    assert_eq!(leecher.rates.steps, [step(0, 1_000_000, 4_000_000), step(10_250, 500_000, 4_000_000)]);

    let elsewhere = tempdir().unwrap();
    let resolved = elsewhere.path().join("resolved.toml");
    fs::write(&resolved, scenario.to_toml()).unwrap();
    let again = Scenario::load(&resolved, &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(Scenario { name: scenario.name.clone(), ..again }, scenario);
}

#[test]
fn mistakes_are_shown_in_the_line_of_the_file() {
    let right = folder();
    let answers = [
        ("arrivals.csv", "times\n0\n"),
        ("arrivals.csv", "time_s\n5\n4\n"),
        ("arrivals.csv", "time_s\n0\nnoon\n"),
        ("arrivals.csv", "time_s\n-1\n"),
        ("arrivals.csv", "time_s\nnan\n"),
        ("arrivals.csv", "time_s\n"),
        ("arrivals.csv", ""),
        ("cell.csv", "time_s,up_bits_per_s,down_bits_per_s\n0,1000000\n"),
        ("cell.csv", "time_s,up_bits_per_s,down_bits_per_s\n0,0,1000000\n"),
        ("cell.csv", "time_s,up_bits_per_s,down_bits_per_s\n1,1,1\n1,2,2\n"),
        ("rtt.csv", "1,2\n3\n"),
        ("rtt.csv", "1,2\n"),
        ("rtt.csv", "a,b\n"),
    ]
    .map(|(file, text)| {
        let folder = folder();
        fs::write(folder.path().join(file), text).unwrap();
        load(&folder).expect_err(text)
    });
    insta::assert_snapshot!(answers.join("\n\n"));
    fs::remove_file(right.path().join("cell.csv")).unwrap();
    insta::assert_snapshot!(
        load(&right).unwrap_err().replace(std::env::temp_dir().to_str().unwrap(), "TEMP")
    );
}

#[test]
fn a_scenario_that_is_no_file_has_no_folder() {
    insta::assert_snapshot!(Scenario::parse("crowd.toml", SCENARIO, &[]).unwrap_err());
}

#[test]
fn what_is_no_text_is_answered() {
    for bytes in [vec![0xFF; 1_000], vec![b'1'; 1 << 20], b"time_s\n1e999\n".to_vec()] {
        let folder = folder();
        fs::write(folder.path().join("arrivals.csv"), bytes).unwrap();
        let answer = load(&folder).unwrap_err();
        assert!(answer.len() < 2_000, "{answer}");
    }
}
