//! A gate as JUnit XML: a suite for each scenario, a case for each measure.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use swarmlab_sim::gate::{Check, Outcome};

use super::words::sentence;

/// The report.
pub fn junit(outcome: &Outcome) -> String {
    let mut report = Report::new("swarmlab gate");
    for checks in outcome.checks.chunk_by(|a, b| a.scenario == b.scenario) {
        let mut suite = TestSuite::new(checks[0].scenario.as_str());
        suite.add_test_cases(checks.iter().map(case));
        report.add_test_suite(suite);
    }
    report.to_string().expect("a string takes everything")
}

fn case(check: &Check) -> TestCase {
    let said = sentence(check);
    let mut status = TestCaseStatus::success();
    if check.verdict.fails() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(said.as_str()).set_type(check.verdict.word());
    }
    let mut case = TestCase::new(check.measure.words, status);
    case.set_classname(check.scenario.as_str()).set_system_out(said.as_str());
    case
}
