//! The page of a validation: every row is on it, and nothing is fetched.

use std::fs;

use swarmlab_reports::validation;
use swarmlab_sim::validate::{
    Curve, Estimate, Picture, Point, Range, Record, Row, Rule, Scale, Section, Size, Unit, Validation, Value,
    Values, Verdict,
};

fn row(what: &str, rule: Rule, verdict: Verdict, values: &[Option<f64>]) -> Row {
    let values = values.iter().zip(1..).map(|(&value, seed)| Value { seed, value }).collect();
    Row {
        what: what.to_owned(),
        unit: Unit::Share,
        expected: "> 95 %".to_owned(),
        source: "Nobody <2006>".to_owned(),
        range: Range::at_least(0.9),
        rule,
        values: Values(values),
        exact: false,
        estimate: Some(Estimate { mean: 0.8, half_width: Some(0.01) }),
        verdict,
        reason: (verdict == Verdict::Missed).then(|| "because of the headers".to_owned()),
    }
}

fn toy() -> Validation {
    let rows = vec![
        row("never below T_min", Rule::HardEachSeed, Verdict::Holds, &[Some(0.8), Some(0.82)]),
        row("never above", Rule::HardMean, Verdict::Violated, &[Some(0.8), None]),
        row("near enough", Rule::Band, Verdict::Missed, &[Some(0.8)]),
        row("not known", Rule::Band, Verdict::Undecided, &[]),
        row("as published", Rule::Band, Verdict::Met, &[Some(0.8), Some(0.81)]),
    ];
    let point = |x: f64| Point { x, y: x / 10.0, half_width: 0.1 };
    let curve = |is_expected| Curve {
        name: "a <line>".to_owned(),
        is_expected,
        points: vec![point(1.0), point(10.0), Point { y: f64::NAN, ..point(20.0) }],
    };
    let picture = Picture {
        name: "a-plot".to_owned(),
        title: "A plot".to_owned(),
        caption: "How to read it.".to_owned(),
        x: Scale::Decades("leechers".to_owned()),
        y: Scale::Share("used".to_owned()),
        curves: vec![curve(false), curve(true)],
    };
    let record = Record {
        arm: "N = 1, \"quoted\"".to_owned(),
        overrides: vec!["peers.leecher.count=1".to_owned()],
        seed: 1,
        digest: "c0ffee".to_owned(),
        values: [("ratio".to_owned(), Some(0.8)), ("nothing".to_owned(), None)].into(),
    };
    let section = Section {
        id: "V1".to_owned(),
        title: "A claim".to_owned(),
        question: "Does it hold?".to_owned(),
        set_up: "Two peers.".to_owned(),
        scenario: Some(("toy.toml".to_owned(), "# Does it hold?\n".to_owned())),
        not_run: None,
        left_out: Some("N = 8,000".to_owned()),
        rows,
        pictures: vec![picture],
        runs: vec![record],
    };
    let waiting = Section {
        id: "V9".to_owned(),
        not_run: Some("waits for a client".to_owned()),
        rows: Vec::new(),
        pictures: Vec::new(),
        runs: Vec::new(),
        ..section.clone()
    };
    Validation {
        format: Validation::FORMAT,
        version: "0".to_owned(),
        size: Size::Short,
        seeds: 2,
        wall_s: 1.0,
        cpu_s: 2.0,
        experiments: vec![section, waiting],
    }
}

#[test]
fn every_row_is_on_the_page() {
    let validation = toy();
    let page = validation::page(&validation);
    for (_, row) in validation.rows() {
        assert!(page.contains(row.verdict.describe()), "{}", row.what);
        assert!(page.contains(row.rule.describe()), "{}", row.what);
    }
    for text in [
        "never below T<sub>min</sub>",
        "never above",
        "near enough",
        "not known",
        "as published",
        "80.0 ± 1.0 %",
        "≥ 90.0 %",
        "Nobody &lt;2006&gt;",
        "because of the headers",
        "Left out: N = 8,000",
        "c0ffee",
        "A plot",
        "waits for a client",
        "peers.leecher.count=1",
    ] {
        assert!(page.contains(text), "{text}");
    }
    for fetched in [" src=", "<link", "@import", "url(", "href=\"h", "NaN", "<line>"] {
        assert!(!page.contains(fetched), "{fetched}");
    }
}

#[test]
fn a_folder_holds_what_its_page_is_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let mut validation = toy();
    // JSON knows no such number; a run that measured one would have no value.
    validation.experiments[0].pictures[0].curves.iter_mut().for_each(|curve| {
        curve.points.pop();
    });
    let page = validation::write(folder.path(), &validation).unwrap();
    let text = fs::read_to_string(folder.path().join(Validation::FILE)).unwrap();
    assert_eq!(Validation::from_json(&text, &page).unwrap(), validation);
    let first = fs::read(&page).unwrap();
    assert_eq!(fs::read(validation::report(folder.path()).unwrap()).unwrap(), first);
    let values = fs::read_to_string(folder.path().join("values.csv")).unwrap();
    assert!(values.contains("V1,\"N = 1, \"\"quoted\"\"\",1,c0ffee,ratio,0.8\n"), "{values}");
    assert!(values.contains("c0ffee,nothing,\n"), "{values}");
    for file in ["scenarios/toy.toml", "plots/v1-a-plot.svg"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
}

#[test]
fn another_format_is_refused() {
    let text = toy().to_json().replace("\"format\": 1", "\"format\": 99");
    assert!(Validation::from_json(&text, "a".as_ref()).unwrap_err().to_string().contains("format 99"));
}
