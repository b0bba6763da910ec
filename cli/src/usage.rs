//! What a run cost: the system's numbers about this process.

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// Processor seconds of this process so far, all threads, to the microsecond; 0 where unknown.
pub fn cpu_s() -> f64 {
    let sum = |usage: Usage| usage.user_time() + usage.system_time();
    getrusage(UsageWho::RUSAGE_SELF).map_or(0.0, |usage| sum(usage).num_microseconds() as f64 / 1e6)
}

/// The most memory that this process has had resident, in bytes; 0 where unknown.
pub fn peak_rss_bytes() -> u64 {
    // The system counts in KiB, but macOS in bytes.
    let unit_bytes = if cfg!(target_os = "macos") { 1 } else { 1024 };
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.max_rss().unsigned_abs() * unit_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells() {
        let before = cpu_s();
        while cpu_s() - before < 0.02 {
            std::hint::black_box(peak_rss_bytes());
        }
        assert!((100 << 10..1 << 40).contains(&peak_rss_bytes()));
    }
}
