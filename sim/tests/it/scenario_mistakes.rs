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
    seed_that_watches: "up = \"20 Mbit/s\"" => "watch = { rate = \"2 Mbit/s\" }\nup = \"20 Mbit/s\"";
    watching_without_a_rate: "count = 20" => "count = 20\nwatch = { start_after = \"5 s\" }";
    film_of_no_bits: "count = 20" => "count = 20\nwatch = { rate = \"0 bit/s\" }";
    unknown_seed_choker: "count = 20" => "count = 20\nseed_choker = \"coin\"";
    unknown_content: "has = \"all\"" => "has = \"some\"";
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
    unknown_access_mix: "up = \"8 Mbit/s\"\ndown = \"32 Mbit/s\"" => "access = \"us-2012\"";
    access_beside_rates: "count = 20" => "count = 20\naccess = \"us-2021\"";
    half_a_link: "down = \"32 Mbit/s\"" => "";
    share_without_unit: "count = 20" => "count = 20\nreachable = 0.6";
    share_over_the_whole: "count = 20" => "count = 20\nreachable = \"160 %\"";
    behind_no_link: "count = 20" => "count = 20\nbehind = \"campus\"";
    behind_a_misspelt_link: "count = 20" => "count = 20\nbehind = \"campsu\"\n[links.campus]\nup = \"1 Gbit/s\"\ndown = \"1 Gbit/s\"\n[peers.more]\ncount = 1";
    links_in_a_circle: "[peers.seed]" => "[links.a]\nup = \"1 Gbit/s\"\ndown = \"1 Gbit/s\"\nbehind = \"b\"\n[links.b]\nup = \"1 Gbit/s\"\ndown = \"1 Gbit/s\"\nbehind = \"a\"\n[peers.seed]";
    region_without_regions: "count = 20" => "count = 20\nregion = \"EU\"";
    regions_without_region: "\"20 ms\"" => "{ regions = \"world\" }";
    unknown_region: "count = 20" => "count = 20\nregion = \"eu\"";
    unknown_latency_kind: "\"20 ms\"" => "{ mediam = \"20 ms\", sigma = 0.6 }";
    unknown_measurement: "\"20 ms\"" => "{ measured = \"planet\" }";
    no_spread: "\"20 ms\"" => "{ median = \"20 ms\", sigma = \"0.6\" }";
    too_wide_a_spread: "\"20 ms\"" => "{ median = \"20 ms\", sigma = 10 }";
    nothing_left_to_hold: "count = 20" => "count = 20\nhas = { all_but = 2000 }";
    a_part_that_is_all: "count = 20" => "count = 20\nhas = { share = \"100 %\" }";
    unknown_session: "count = 20" => "count = 20\nabort = { measured = \"redhat\" }";
    a_seed_that_gives_up: "count = 1" => "count = 1\nabort = \"30 s\"";
    nobody_to_return: "count = 20" => "count = 20\nreturns = { after = \"30 s\" }";
    more_than_ever_come: "\"at once\"" => "{ decay = \"0.1 /s\", tau = \"10 s\" }";
    half_a_decay: "\"at once\"" => "{ decay = \"0.1 /s\" }";
    steps_out_of_order: "count = 20" => "count = 20\nrates = [{ at = \"60 s\", up = \"1 MB/s\" }, { at = \"30 s\", up = \"2 MB/s\" }]";
    a_step_that_changes_nothing: "count = 20" => "count = 20\nrates = [{ at = \"60 s\" }]";
    rates_that_are_no_list: "count = 20" => "count = 20\nrates = \"1 MB/s\"";
    unknown_behaviour: "count = 20" => "count = 20\nbehaviour = \"freerides\"";
    a_fault_of_whom: "count = 20" => "count = 20\nbehaviour = \"free-rides\"\ncorrupt = { piece = 0 }";
    an_event_of_no_kind: "[stop]" => "[[events]]\nat = \"1 s\"\n[stop]";
    an_event_at_no_time: "[stop]" => "[[events]]\ntracker = \"down\"\n[stop]";
    an_event_of_two_kinds: "[stop]" => "[[events]]\nat = \"1 s\"\ntracker = \"down\"\nleave = { peers = \"leecher\" }\n[stop]";
    a_misspelt_event: "[stop]" => "[[events]]\nat = \"1 s\"\npartitoin = { from = \"leecher\" }\n[stop]";
    an_event_for_nobody: "[stop]" => "[[events]]\nat = \"1 s\"\ncrash = { peers = \"lecher\" }\n[stop]";
    an_event_after_the_end: "[stop]" => "[[events]]\nat = \"5 h\"\ntracker = \"down\"\n[stop]";
    an_event_after_no_event: "[stop]" => "[[events]]\nname = \"cut\"\nat = \"1 s\"\ntracker = \"down\"\n[[events]]\nafter = \"cute\"\ntracker = \"slow\"\n[stop]";
    events_in_a_circle: "[stop]" => "[[events]]\nname = \"a\"\nafter = \"b\"\ntracker = \"down\"\n[[events]]\nname = \"b\"\nafter = \"a\"\ntracker = \"slow\"\n[stop]";
    an_event_after_itself: "[stop]" => "[[events]]\nname = \"a\"\nafter = \"a\"\ntracker = \"down\"\n[stop]";
    two_events_of_one_name: "[stop]" => "[[events]]\nname = \"a\"\nat = \"1 s\"\ntracker = \"down\"\n[[events]]\nname = \"a\"\nat = \"2 s\"\ntracker = \"slow\"\n[stop]";
    leaving_can_not_be_undone: "[stop]" => "[[events]]\nat = \"1 s\"\nleave = { peers = \"leecher\" }\nfor = \"30 s\"\n[stop]";
    a_delay_after_nothing: "[stop]" => "[[events]]\nat = \"1 s\"\ndelay = \"2 s\"\ntracker = \"down\"\n[stop]";
    a_slow_disk_without_delay: "[stop]" => "[[events]]\nat = \"1 s\"\ndisk = { peers = \"leecher\", fault = \"slow\" }\n[stop]";
    a_full_disk_with_delay: "[stop]" => "[[events]]\nat = \"1 s\"\ndisk = { peers = \"leecher\", fault = \"full\", delay = \"1 s\" }\n[stop]";
    share_and_count: "[stop]" => "[[events]]\nat = \"1 s\"\nleave = { peers = \"leecher\", share = \"10 %\", count = 3 }\n[stop]";
    whose_rates: "[stop]" => "[[events]]\nat = \"1 s\"\nrates = { up = \"1 MB/s\" }\n[stop]";
    an_event_that_is_no_table: "seed = 7" => "seed = 7\nevents = [\"crash\"]";
    events_that_are_one_table: "[stop]" => "[events]\nat = \"1 s\"\ntracker = \"down\"\n[stop]";
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
