//! The congestion window of one direction: slow start, then CUBIC (RFC 9438), in integers.
//!
//! It owns how large the window is. What is in flight, what was lost, and whether the window was the limit, its caller
//! says.

use std::time::Duration;

use swarmlab_engine::time::Time;

/// A congestion window, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Congestion {
    window: u32,
    /// Below this, slow start.
    threshold: u32,
    /// The window at the last loss, to which the cubic climbs back (`W_max`).
    peak: u32,
    /// What Reno's window would be by now (`W_est`).
    reno: u32,
    /// How long the climb back to the peak takes (`K`), in milliseconds.
    climb_ms: u32,
    /// When this climb began; `NEVER` before it does.
    climb_began: Time,
}

impl Congestion {
    /// RFC 6928.
    pub const INITIAL_PACKETS: u32 = 10;
    const WINDOW_MAX: u32 = 1 << 30;
    /// C of RFC 9438 is 0.4 packets per second cubed: here its tenths.
    const CUBIC_TENTHS: u64 = 4;

    pub fn new(mss: u32) -> Congestion {
        Congestion {
            window: Congestion::INITIAL_PACKETS * mss,
            threshold: Congestion::WINDOW_MAX,
            peak: 0,
            reno: 0,
            climb_ms: 0,
            climb_began: Time::NEVER,
        }
    }

    /// Bytes that may be in flight.
    pub fn window(&self) -> u32 {
        self.window
    }

    /// `bytes` were acknowledged that were in flight while the window was the limit.
    pub fn on_ack(&mut self, now: Time, bytes: u32, round_trip: Duration, mss: u32) {
        let window = if self.window < self.threshold {
            u64::from(self.window) + u64::from(bytes)
        } else {
            self.climb(now, bytes, round_trip, mss)
        };
        self.window = bytes_u32(window);
    }

    /// Something sent at this window was lost: once per window of data.
    pub fn on_loss(&mut self, mss: u32) {
        self.remember_peak();
        self.threshold = three_tenths_less(self.window).max(2 * mss);
        self.window = self.threshold;
    }

    /// The retransmission timer ran out (RFC 9438, section 4.8). `again`: what it resent was lost too, which says
    /// nothing new about the path (RFC 5681, section 3.1).
    pub fn on_timeout(&mut self, again: bool, mss: u32) {
        if !again {
            self.on_loss(mss);
        }
        self.window = mss;
    }

    /// The direction sends again after `idle` without anything in flight. As Linux does (RFC 2861): half for each
    /// time-out of idleness, not below the initial window.
    pub fn on_restart(&mut self, idle: Duration, timeout: Duration, mss: u32) {
        let floor = (Congestion::INITIAL_PACKETS * mss).min(self.window);
        let halvings = (idle.as_nanos() / timeout.as_nanos().max(1)).min(31) as u32;
        if halvings > 0 {
            self.threshold = self.threshold.max(self.window / 4 * 3);
            self.window = (self.window >> halvings).max(floor);
            self.climb_began = Time::NEVER;
        }
    }

    /// The window after `bytes` more in congestion avoidance.
    fn climb(&mut self, now: Time, bytes: u32, round_trip: Duration, mss: u32) -> u64 {
        if self.climb_began == Time::NEVER {
            self.climb_began = now;
            self.reno = self.window;
            self.peak = self.peak.max(self.window);
            let missing = u64::from(self.peak - self.window);
            // K = ∛(missing packets / C), in ms: ∛(10⁹ · 10 · missing / (4 · mss)).
            self.climb_ms =
                cube_root(missing * 10_000_000_000 / (Congestion::CUBIC_TENTHS * u64::from(mss))) as u32;
        }
        let (window, bytes, mss) = (u64::from(self.window), u64::from(bytes), u64::from(mss));

        let since_ms = (now.since(self.climb_began) + round_trip).as_millis() as i128;
        let past_ms = since_ms - i128::from(self.climb_ms);
        let bend = past_ms.pow(3) * i128::from(Congestion::CUBIC_TENTHS * mss) / 10_000_000_000;
        let target = (i128::from(self.peak) + bend).clamp(window.into(), (window * 3 / 2).into()) as u64;

        // α = 3 (1 − β) / (1 + β) = 9/17 packets a round trip, one once the peak is reached.
        let (parts, of) = if self.reno < self.peak { (9, 17) } else { (1, 1) };
        self.reno = bytes_u32(u64::from(self.reno) + mss * bytes * parts / (of * window));
        (window + (target - window) * bytes / window).max(self.reno.into())
    }

    /// Fast convergence (RFC 9438, section 4.7): a window that shrank since the last loss leaves room for newcomers.
    fn remember_peak(&mut self) {
        let shrank = self.window < self.peak;
        self.peak = if shrank { self.window - three_twentieths(self.window) } else { self.window };
        self.climb_began = Time::NEVER;
    }
}

/// β = 0.7 (RFC 9438, section 4.6).
fn three_tenths_less(window: u32) -> u32 {
    (u64::from(window) * 7 / 10) as u32
}

/// (1 − β) / 2 of the window.
fn three_twentieths(window: u32) -> u32 {
    (u64::from(window) * 3 / 20) as u32
}

fn bytes_u32(bytes: u64) -> u32 {
    bytes.min(Congestion::WINDOW_MAX.into()) as u32
}

/// ∛`value`, rounded down.
fn cube_root(value: u64) -> u64 {
    let (mut low, mut high) = (0, 2_642_245);
    while low < high {
        let middle = u64::midpoint(low, high + 1);
        if middle * middle * middle <= value { low = middle } else { high = middle - 1 }
    }
    low
}

#[cfg(test)]
mod tests;
