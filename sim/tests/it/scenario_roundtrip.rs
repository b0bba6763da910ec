//! A resolved scenario reads back as itself, and no text is too odd for an answer.

use proptest::prelude::*;
use swarmlab_sim::scenario::*;

use crate::scenario_strategy::scenario;

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
