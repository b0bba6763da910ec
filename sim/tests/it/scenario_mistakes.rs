//! Mistakes in a scenario file, and the complete answers to them.

use swarmlab_sim::scenario::Scenario;

const RIGHT: &str = r#"# Is this right?
seed = 7
[torrent]
size = "64 MiB"
[network]
latency = "20 ms"
[tracker]
interval = "30 min"
[peers.seed]
count = 1
has = "all"
up = "20 Mbit/s"
down = "100 Mbit/s"
[peers.leecher]
count = 20
up = "8 Mbit/s"
down = "32 Mbit/s"
arrival = "at once"
[stop]
when = "all complete"
at = "4 h"
"#;

/// The answer to the right scenario with `old` replaced by `new`.
fn answer(old: &str, new: &str) -> String {
    assert!(RIGHT.contains(old), "{old}");
    answer_to(&RIGHT.replacen(old, new, 1))
}

fn answer_to(text: &str) -> String {
    Scenario::parse("crowd.toml", text, &[]).expect_err("a mistake").to_string()
}

/// A test for each mistake: its name, the words it replaces, and those it puts there.
macro_rules! mistakes {
    ($($name:ident: $old:expr => $new:expr;)+) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(answer($old, $new));
        })+
    };
}

mistakes! {
    misspelt_key: "latency =" => "latncy =";
    misspelt_required_key: "up = \"8" => "upp = \"8";
    misspelt_table: "[network]" => "[netwrok]";
    key_of_another_table: "interval =" => "size =";
    key_like_no_other: "seed = 7" => "colour = \"blue\"";
    missing_keys: "up = \"20 Mbit/s\"\ndown = \"100 Mbit/s\"\n" => "";
    no_torrent: "[torrent]\nsize = \"64 MiB\"\n" => "";
    bare_number_for_a_rate: "\"20 Mbit/s\"" => "20";
    bare_number_for_a_size: "\"64 MiB\"" => "64";
    string_without_unit: "\"20 ms\"" => "\"20\"";
    ambiguous_unit: "\"20 Mbit/s\"" => "\"20 Mbps\"";
    unknown_unit: "\"20 ms\"" => "\"20 fortnights\"";
    unit_of_another_kind: "\"20 ms\"" => "\"20 MiB\"";
    separators_in_a_number: "\"64 MiB\"" => "\"64,000 kB\"";
    negative_span: "\"20 ms\"" => "\"-20 ms\"";
    rate_of_zero: "\"8 Mbit/s\"" => "\"0 Mbit/s\"";
    rate_over_the_limit: "\"8 Mbit/s\"" => "\"8000 Gbit/s\"";
    span_out_of_measure: "\"4 h\"" => "\"99999999999999 d\"";
    negative_count: "count = 20" => "count = -20";
    a_billion_peers: "count = 20" => "count = 1_000_000_000";
    a_count_beyond_any_integer: "count = 20" => "count = 99999999999999999999999999999999999999999999";
    too_many_peers_together: "count = 20" => "count = 1_000_000";
    count_with_quotes: "count = 20" => "count = \"20\"";
    count_with_a_point: "count = 20" => "count = 20.5";
    wrong_type: "\"64 MiB\"" => "true";
    unknown_picker: "count = 20" => "count = 20\npicker = \"rarest_frist\"";
    unknown_seed_choker: "count = 20" => "count = 20\nseed_choker = \"coin\"";
    unknown_content: "has = \"all\"" => "has = \"some\"";
    odd_piece_length: "size = \"64 MiB\"" => "size = \"64 MiB\"\npiece_length = \"100 KiB\"";
    short_piece_length: "size = \"64 MiB\"" => "size = \"64 MiB\"\npiece_length = \"8 KiB\"";
    too_many_pieces: "size = \"64 MiB\"" => "size = \"30 TiB\"\npiece_length = \"16 KiB\"";
    size_and_file: "size = \"64 MiB\"" => "size = \"64 MiB\"\nfile = \"a.torrent\"";
    content_without_file: "size = \"64 MiB\"" => "size = \"64 MiB\"\ncontent = \"a.txt\"";
    nothing_shared: "size = \"64 MiB\"" => "";
    latencies_turned_round: "\"20 ms\"" => "{ min = \"60 ms\", max = \"10 ms\" }";
    half_a_latency: "\"20 ms\"" => "{ min = \"60 ms\" }";
    nobody_to_spread: "count = 20\nup = \"8 Mbit/s\"\ndown = \"32 Mbit/s\"\narrival = \"at once\""
        => "count = 0\nup = \"8 Mbit/s\"\ndown = \"32 Mbit/s\"\narrival = { spread = \"60 s\" }";
    unknown_arrival: "\"at once\"" => "\"spread\"";
    two_arrivals: "\"at once\"" => "{ spread = \"60 s\", poisson = \"1 /s\" }";
    frequency_without_unit: "\"at once\"" => "{ poisson = 0.5 }";
    frequency_of_zero: "\"at once\"" => "{ poisson = \"0 /s\" }";
    unknown_on_complete: "count = 20" => "count = 20\non_complete = \"party\"";
    nobody_has_the_content: "has = \"all\"" => "has = \"nothing\"";
    nobody_downloads: "count = 20" => "count = 20\nhas = \"all\"";
    start_after_the_end: "count = 20" => "count = 20\nstart = \"5 h\"";
    send_buffer_below_a_segment: "[network]" => "[network]\nsend_buffer = \"4 KiB\"";
    unit_below_a_packet: "[network]" => "[network]\nunit = \"1 KiB\"";
    window_below_two_packets: "[network]" => "[network]\nreceive_window = \"2 KiB\"";
    queue_below_a_segment: "count = 20" => "count = 20\nqueue_up = \"4 KiB\"";
    corrupt_piece_beyond_the_end: "count = 20" => "count = 20\ncorrupt = { piece = 2048 }";
    corrupt_block_beyond_the_piece: "count = 20" => "count = 20\ncorrupt = { piece = 3, block = 4 }";
    interval_below_a_second: "\"30 min\"" => "\"1 ms\"";
    group_name_with_a_slash: "[peers.leecher]" => "[peers.'../leecher']";
    not_toml: "count = 20" => "count = = 20";
    key_given_twice: "count = 20" => "count = 20\ncount = 21";
    several_at_once: "size = \"64 MiB\"\n[network]\nlatency = \"20 ms\"" => "size = 64\n[network]\nlatncy = \"20\"\nunit = \"1 KB\"";
}

#[test]
fn empty() {
    insta::assert_snapshot!(answer_to(" \n"));
}

#[test]
fn only_a_comment() {
    insta::assert_snapshot!(answer_to("# What now?\n"));
}

#[test]
fn a_network_that_is_no_table() {
    insta::assert_snapshot!(answer_to(&format!(
        "network = 5\n{}",
        RIGHT.replace("[network]\nlatency = \"20 ms\"\n", "")
    )));
}

#[test]
fn more_mistakes_than_a_screen_holds() {
    let many: String = (0..30).map(|i| format!("key{i} = {i}\n")).collect();
    let message = answer_to(&format!("{many}{RIGHT}"));
    assert_eq!(message.matches("error: ").count(), 10);
    assert!(message.ends_with("and 20 more"), "{message}");
}

#[test]
fn colour_is_there_for_who_asks() {
    let error = Scenario::parse("crowd.toml", "seed = -1", &[]).expect_err("a mistake");
    assert!(error.coloured().contains('\u{1b}'));
    assert!(!error.to_string().contains('\u{1b}'));
}

#[test]
fn a_swarm_without_content_is_allowed_to_who_says_so() {
    let text = RIGHT.replace("has = \"all\"", "has = \"nothing\"").replace("\"all complete\"", "\"never\"");
    assert!(Scenario::parse("crowd.toml", &text, &[]).is_ok());
}

#[test]
fn deep_nesting_is_answered() {
    for deep in [format!("a{} = 1", ".a".repeat(100_000)), format!("a = {}", "[".repeat(100_000))] {
        assert!(answer_to(&deep).contains("this is not TOML"));
    }
}
