//! A resolved scenario reads back as itself, and no text is too odd for an answer.

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use swarmlab_engine::{choker, picker};
use swarmlab_sim::scenario::*;

const YEAR_NS: u64 = 365 * 86_400 * 1_000_000_000;
const BUFFER_BYTES_MAX: u32 = 1 << 30;

fn span(range: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = Duration> {
    // Round values are what people write; odd ones are what may get lost.
    let max = *range.end();
    (range, prop::sample::select(vec![1u64, 1_000_000, 1_000_000_000, 60_000_000_000])).prop_map(
        move |(nanos, unit)| {
            let round = nanos / unit * unit;
            Duration::from_nanos(if round == 0 { nanos } else { round.min(max) })
        },
    )
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_=é\"'#-][a-zA-Z0-9_ .=é\"'#-]{0,18}[a-zA-Z0-9_\"'-]"
}

fn torrent() -> impl Strategy<Value = TorrentSpec> {
    let path = || name().prop_map(PathBuf::from);
    prop_oneof![
        (1u64..=1 << 34, 14u32..=26).prop_map(|(size_bytes, power)| TorrentSpec::Formula {
            size_bytes,
            piece_length_bytes: 1 << power
        }),
        (path(), prop::option::of(path()))
            .prop_map(|(torrent, content)| TorrentSpec::File { torrent, content }),
    ]
}

fn network() -> impl Strategy<Value = NetworkSpec> {
    const LATENCY_NS_MAX: u64 = 10_000_000_000;
    let latency = prop_oneof![
        span(0..=LATENCY_NS_MAX).prop_map(Latency::Constant),
        (span(0..=LATENCY_NS_MAX), span(0..=LATENCY_NS_MAX))
            .prop_map(|(a, b)| Latency::Uniform { min: a.min(b), max: a.max(b) }),
    ];
    let buffer = || 64u32 << 10..=BUFFER_BYTES_MAX;
    (latency, buffer(), buffer(), 1448u32..=64 << 10).prop_map(
        |(latency, send_buffer_bytes, receive_window_bytes, unit_bytes)| NetworkSpec {
            latency,
            send_buffer_bytes,
            receive_window_bytes,
            unit_bytes,
        },
    )
}

fn link() -> impl Strategy<Value = LinkSpec> {
    let rate = || prop_oneof![1u64..=1_000_000_000_000, (1u64..=1_000).prop_map(|mbit| mbit * 1_000_000)];
    let queue = || (64u32 << 10)..=BUFFER_BYTES_MAX;
    (rate(), rate(), queue(), queue()).prop_map(
        |(up_bits_per_s, down_bits_per_s, queue_up_bytes, queue_down_bytes)| LinkSpec {
            up_bits_per_s,
            down_bits_per_s,
            queue_up_bytes,
            queue_down_bytes,
        },
    )
}

fn client() -> impl Strategy<Value = ClientSpec> {
    let of = prop::sample::select::<&'static str>;
    let names = (of(picker::NAMES), of(choker::LEECHER_NAMES), of(choker::SEED_NAMES));
    (names, 0u32..=1_000, 1u32..=65_535, any::<bool>()).prop_map(
        |((picker, choker, seed_choker), upload_slots, connections_max, fast_extension)| ClientSpec {
            picker,
            choker,
            seed_choker,
            upload_slots,
            connections_max,
            fast_extension,
        },
    )
}

fn group() -> impl Strategy<Value = Group> {
    let arrival = prop_oneof![
        Just(Arrival::AtOnce),
        span(1..=YEAR_NS).prop_map(Arrival::Spread),
        (1e-9f64..=1e6).prop_map(|per_s| Arrival::Poisson { per_s }),
    ];
    let on_complete = prop_oneof![
        Just(OnComplete::Stay),
        Just(OnComplete::Leave),
        span(0..=YEAR_NS).prop_map(OnComplete::StayFor),
    ];
    let corrupt = prop::option::of((1u32..=9).prop_map(|times| CorruptBlock { piece: 0, block: 0, times }));
    let has = prop::sample::select(vec![Has::All, Has::Nothing]);
    let times = (arrival, span(0..=YEAR_NS / 2), on_complete);
    (name(), 1u32..=10_000, has, link(), times, client(), corrupt).prop_map(
        |(name, count, has, link, (arrival, start, on_complete), client, corrupt)| Group {
            name,
            count,
            has,
            link,
            arrival,
            start,
            on_complete,
            client,
            corrupt,
        },
    )
}

prop_compose! {
    fn scenario()(
        name in name(),
        question in prop::option::of("[a-zA-Z#é]{1,30}( [a-zA-Z#é?]{1,30}){0,20}"),
        seed: u64,
        torrent in torrent(),
        network in network(),
        tracker in (1u64..=86_400, 1u32..=1_000),
        groups in prop::collection::vec(group(), 1..5),
        at in span(YEAR_NS / 2 + 1..=YEAR_NS),
    ) -> Scenario {
        let mut groups = groups;
        let mut names = std::collections::BTreeSet::new();
        groups.retain(|group| names.insert(group.name.clone()));
        let any = |has| groups.iter().any(|group| group.has == has);
        let when = if any(Has::All) && any(Has::Nothing) { StopWhen::AllComplete } else { StopWhen::Never };
        let tracker = TrackerSpec { interval: Duration::from_secs(tracker.0), peers_per_answer: tracker.1 };
        Scenario { name, question, seed, torrent, network, tracker, groups, stop: Stop { when, at } }
    }
}

/// Words of the format, thrown together: nearer to the interesting cases than plain noise.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "[torrent]\n",
        "[peers.a]\n",
        "[peers]\n",
        "[network]\n",
        "[stop]\n",
        "size",
        "latency",
        "count",
        "up",
        "has",
        "arrival",
        " = ",
        "\"",
        "'",
        "64 MiB",
        "20",
        " ms",
        "{",
        "}",
        ",",
        "[",
        "]",
        "\n",
        "#",
        ".",
        "-",
        "é",
        "\u{feff}",
        "\r",
        "\t",
        "\u{0}",
        "{ spread = \"1 s\" }",
        "1e400",
        "1979-05-27",
        "true",
        "nan",
        "\"\"\"",
        "\\u0000",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_resolved_scenario_reads_back_as_itself(scenario in scenario()) {
        let text = scenario.to_toml();
        match Scenario::parse("resolved.toml", &text, &[]) {
            Ok(read) => prop_assert_eq!(read, scenario),
            Err(error) => prop_assert!(false, "{}\n{}", error, text),
        }
    }

    #[test]
    fn any_text_is_answered(text in prop_oneof![any::<String>(), "(?s).{0,200}", soup()]) {
        if let Err(error) = Scenario::parse("any.toml", &text, &[]) {
            prop_assert!(!error.to_string().is_empty() && !error.coloured().is_empty());
        }
    }

    #[test]
    fn any_comment_survives(comment in "(# ?[^\\n]{0,150}\n){1,4}") {
        let text = format!("{comment}[torrent]\nsize = \"1 MiB\"\n[peers.a]\ncount = 1\nup = \"1 MB/s\"\ndown = \"1 MB/s\"\n[stop]\nwhen = \"never\"\n");
        // TOML refuses control characters in comments.
        if let Ok(scenario) = Scenario::parse("any.toml", &text, &[]) {
            let again = Scenario::parse("any.toml", &scenario.to_toml(), &[]);
            prop_assert_eq!(again.map_err(|error| error.to_string()), Ok(scenario));
        }
    }

    #[test]
    fn any_override_is_answered(
        text in prop_oneof![any::<String>(), soup(), ("[a-z.\"]{0,12}", soup()).prop_map(|(key, value)| format!("{key}={value}"))],
    ) {
        let file = "[torrent]\nsize = \"1 MiB\"\n[peers.a]\ncount = 1\nup = \"1 MB/s\"\ndown = \"1 MB/s\"\n";
        if let Err(error) = Scenario::parse("any.toml", file, &[text]) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
