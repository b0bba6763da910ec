//! By example; and step by step against RFC 9438's own formulas, in floating point.

use proptest::prelude::*;

use super::*;

const MSS: u32 = 1448;
const ROUND_TRIP: Duration = Duration::from_millis(100);

#[test]
fn slow_start_doubles_each_round_trip() {
    let mut congestion = Congestion::new(MSS);
    for doublings in 1..5 {
        congestion.on_ack(Time::ZERO, congestion.window(), ROUND_TRIP, MSS);
        assert_eq!(congestion.window(), 14_480 << doublings);
    }
}

#[test]
fn the_cubic_is_back_at_its_peak_after_k() {
    let mut congestion = Congestion::new(MSS);
    congestion.on_ack(Time::ZERO, 1_000 * MSS - congestion.window(), ROUND_TRIP, MSS);
    congestion.on_loss(MSS);
    assert_eq!(congestion.window(), 700 * MSS);
    // K = ∛(300 / 0.4) = 9.086 s.
    let mut now = Time::ZERO;
    while congestion.window() < 999 * MSS {
        congestion.on_ack(now, congestion.window(), ROUND_TRIP, MSS);
        now += ROUND_TRIP;
        assert!(now < Time::from_secs(60), "it never comes back");
    }
    let seconds = now.as_secs_f64();
    assert!((7.0..9.2).contains(&seconds), "{seconds}");
}

#[test]
fn a_small_window_climbs_as_reno_does() {
    let mut congestion = Congestion::new(MSS);
    congestion.on_loss(MSS);
    let (before, round_trip) = (congestion.window(), Duration::from_millis(1));
    let mut now = Time::ZERO;
    for _ in 0..17 {
        congestion.on_ack(now, congestion.window(), round_trip, MSS);
        now += round_trip;
    }
    let packets = (congestion.window() - before) / MSS;
    assert!((8..=14).contains(&packets), "{packets}");
}

#[test]
fn idleness_halves_the_window_down_to_the_initial_one() {
    let mut congestion = Congestion::new(MSS);
    congestion.on_ack(Time::ZERO, 100 * MSS, ROUND_TRIP, MSS);
    congestion.on_restart(ROUND_TRIP, 3 * ROUND_TRIP, MSS);
    assert_eq!(congestion.window(), 110 * MSS);
    congestion.on_restart(4 * ROUND_TRIP, 3 * ROUND_TRIP, MSS);
    assert_eq!(congestion.window(), 55 * MSS);
    congestion.on_restart(Duration::from_secs(60), 3 * ROUND_TRIP, MSS);
    assert_eq!(congestion.window(), 10 * MSS);
}

/// The second loss came before the window was back: its room is left to others (RFC 9438, section 4.7).
#[test]
fn a_window_that_shrank_leaves_room() {
    let mut congestion = Congestion::new(1_000);
    congestion.on_loss(1_000);
    assert_eq!((congestion.window, congestion.peak), (7_000, 10_000));
    congestion.on_loss(1_000);
    assert_eq!((congestion.window, congestion.peak), (4_900, 5_950), "7,000 less three twentieths");
    congestion.on_loss(1_000);
    congestion.on_loss(1_000);
    congestion.on_loss(1_000);
    assert_eq!(congestion.window, 2_000, "two packets at least");
}

#[test]
fn a_window_that_came_back_leaves_none() {
    let mut congestion = Congestion::new(1_000);
    congestion.on_timeout(false, 1_000);
    assert_eq!((congestion.window, congestion.threshold, congestion.peak), (1_000, 7_000, 10_000));
    // Slow start up to the byte below the threshold, and then to where it was.
    congestion.on_ack(Time::ZERO, 5_999, ROUND_TRIP, 1_000);
    congestion.on_ack(Time::ZERO, 3_001, ROUND_TRIP, 1_000);
    assert_eq!(congestion.window, 10_000);
    congestion.on_loss(1_000);
    assert_eq!(congestion.peak, 10_000);
}

#[test]
fn what_was_resent_and_lost_again_says_nothing_new() {
    let mut congestion = Congestion::new(1_000);
    congestion.on_timeout(false, 1_000);
    let (threshold, peak) = (congestion.threshold, congestion.peak);
    congestion.on_timeout(true, 1_000);
    assert_eq!((congestion.window, congestion.threshold, congestion.peak), (1_000, threshold, peak));
}

/// At its peak from the start, the climb is Reno's: a packet each round trip.
#[test]
fn a_climb_from_the_peak_gains_a_packet_each_round_trip() {
    let mut congestion =
        Congestion { window: 8_000, threshold: 8_000, peak: 6_000, ..Congestion::new(1_000) };
    congestion.on_ack(Time::ZERO, 8_000, Duration::from_millis(1), 1_000);
    assert_eq!((congestion.peak, congestion.climb_ms, congestion.reno), (8_000, 0, 9_000));
    assert_eq!(congestion.window, 9_000);
}

#[test]
fn a_window_never_exceeds_its_bound() {
    let mut congestion = Congestion::new(1_000);
    congestion.on_ack(Time::ZERO, u32::MAX, ROUND_TRIP, 1_000);
    assert_eq!(congestion.window(), 1 << 30);
}

#[derive(Clone, Debug)]
enum Step {
    /// This share of the window is acknowledged, so many milliseconds later.
    Ack {
        share: f64,
        later_ms: u64,
        round_trip_ms: u64,
    },
    Loss,
    Timeout {
        again: bool,
    },
    Restart {
        idle_ms: u64,
        timeout_ms: u64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ack = (0.001..1.0_f64, 0..2_000_u64, 1..400_u64);
    let step = prop_oneof![
        12 => ack.prop_map(|(share, later_ms, round_trip_ms)| Step::Ack { share, later_ms, round_trip_ms }),
        2 => Just(Step::Loss),
        1 => any::<bool>().prop_map(|again| Step::Timeout { again }),
        1 => (0..3_000_u64, 200..1_000_u64)
            .prop_map(|(idle_ms, timeout_ms)| Step::Restart { idle_ms, timeout_ms }),
    ];
    prop::collection::vec(step, 0..150)
}

/// A congestion window as RFC 9438 writes it: in packets and seconds, without rounding.
struct Rfc {
    cwnd: f64,
    ssthresh: f64,
    w_max: f64,
    w_est: f64,
    k: f64,
    /// When the climb began.
    epoch: Option<f64>,
}

impl Rfc {
    const BETA: f64 = 0.7;
    const C: f64 = 0.4;

    /// The state of `congestion`, so that roundings don't add up from step to step.
    fn like(congestion: &Congestion, mss: f64) -> Rfc {
        let began = congestion.climb_began;
        Rfc {
            cwnd: f64::from(congestion.window) / mss,
            ssthresh: f64::from(congestion.threshold) / mss,
            w_max: f64::from(congestion.peak) / mss,
            w_est: f64::from(congestion.reno) / mss,
            k: f64::from(congestion.climb_ms) / 1e3,
            epoch: (began != Time::NEVER).then(|| began.as_secs_f64()),
        }
    }

    /// `k_in_ms` is K rounded down to milliseconds: the one rounding that a climb would make large.
    fn on_ack(&mut self, now: f64, packets: f64, round_trip: f64, k_in_ms: f64) {
        if self.cwnd < self.ssthresh {
            self.cwnd += packets;
            return;
        }
        if self.epoch.is_none() {
            self.epoch = Some(now);
            self.w_est = self.cwnd;
            self.w_max = self.w_max.max(self.cwnd);
            let k = ((self.w_max - self.cwnd) / Rfc::C).cbrt();
            assert!((-1e-9..0.001 + 1e-9).contains(&(k - k_in_ms)), "K is {k_in_ms}, not {k}");
            self.k = k_in_ms;
        }
        let t = now - self.epoch.unwrap_or(now) + round_trip;
        let w_cubic = Rfc::C * (t - self.k).powi(3) + self.w_max;
        let target = w_cubic.clamp(self.cwnd, 1.5 * self.cwnd);
        let reno = 3.0 * (1.0 - Rfc::BETA) / (1.0 + Rfc::BETA);
        self.w_est += if self.w_est < self.w_max { reno } else { 1.0 } * packets / self.cwnd;
        self.cwnd = (self.cwnd + (target - self.cwnd) / self.cwnd * packets).max(self.w_est);
    }

    fn on_loss(&mut self) {
        let shrank = self.cwnd < self.w_max;
        self.w_max = if shrank { self.cwnd * (1.0 + Rfc::BETA) / 2.0 } else { self.cwnd };
        self.ssthresh = (self.cwnd * Rfc::BETA).max(2.0);
        self.cwnd = self.ssthresh;
        self.epoch = None;
    }

    fn on_timeout(&mut self, again: bool) {
        if !again {
            self.on_loss();
        }
        self.cwnd = 1.0;
    }

    fn on_restart(&mut self, timeouts: u32) {
        if timeouts > 0 {
            self.ssthresh = self.ssthresh.max(0.75 * self.cwnd);
            self.cwnd = (self.cwnd / 2_f64.powi(timeouts as i32)).max(self.cwnd.min(10.0));
            self.epoch = None;
        }
    }
}

/// A step of both, from the same state.
fn step(congestion: &mut Congestion, rfc: &mut Rfc, step: &Step, now: &mut Time, mss: u32) {
    match *step {
        Step::Ack { share, later_ms, round_trip_ms } => {
            *now += Duration::from_millis(later_ms);
            let bytes = (f64::from(congestion.window) * share).ceil() as u32;
            let round_trip = Duration::from_millis(round_trip_ms);
            congestion.on_ack(*now, bytes, round_trip, mss);
            let packets = f64::from(bytes) / f64::from(mss);
            let k_in_ms = f64::from(congestion.climb_ms) / 1e3;
            rfc.on_ack(now.as_secs_f64(), packets, round_trip.as_secs_f64(), k_in_ms);
        }
        Step::Loss => {
            congestion.on_loss(mss);
            rfc.on_loss();
        }
        Step::Timeout { again } => {
            congestion.on_timeout(again, mss);
            rfc.on_timeout(again);
        }
        Step::Restart { idle_ms, timeout_ms } => {
            let (idle, timeout) = (Duration::from_millis(idle_ms), Duration::from_millis(timeout_ms));
            congestion.on_restart(idle, timeout, mss);
            rfc.on_restart((idle_ms / timeout_ms) as u32);
        }
    }
}

proptest! {
    /// No step of any course of events differs by more than roundings: three bytes.
    #[test]
    fn every_step_is_the_rfcs(mss in prop::sample::select(vec![536_u32, 1_448, 8_948]), steps in steps()) {
        let (mut congestion, mut now) = (Congestion::new(mss), Time::ZERO);
        let packet = f64::from(mss);
        // The largest window that TCP can announce (RFC 7323).
        let largest = f64::from(1 << 30) / packet;
        for next in &steps {
            let mut rfc = Rfc::like(&congestion, packet);
            step(&mut congestion, &mut rfc, next, &mut now, mss);
            let found = Rfc::like(&congestion, packet);
            prop_assert_eq!(found.epoch, rfc.epoch, "{:?}", next);
            for (name, found, expected) in [
                ("cwnd", found.cwnd, rfc.cwnd.min(largest)),
                ("ssthresh", found.ssthresh, rfc.ssthresh),
                ("W_max", found.w_max, rfc.w_max),
                ("W_est", found.w_est, rfc.w_est.min(largest)),
            ] {
                prop_assert!((found - expected).abs() <= 3.0 / packet, "{next:?}: {name} is {found}, not {expected}");
            }
        }
    }

    #[test]
    fn a_cube_root_is_the_largest_number_whose_cube_is_no_larger(value in 0..=18_446_724_184_312_856_124_u64) {
        let root = u128::from(cube_root(value));
        prop_assert!(root.pow(3) <= u128::from(value) && u128::from(value) < (root + 1).pow(3));
    }
}

#[test]
fn cube_roots_are_rounded_down() {
    for root in [0, 1, 2, 9_086, 2_642_245] {
        assert_eq!(cube_root(root * root * root), root);
        assert_eq!(cube_root((root * root * root).saturating_sub(1)), root.saturating_sub(1));
    }
}
