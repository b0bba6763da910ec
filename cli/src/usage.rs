//! What a run cost: the system's numbers about this process, where the system tells them (Linux).

use std::fs;

/// The kernel counts processor time in these for user space, on every architecture that Rust knows but Alpha.
const TICKS_PER_S: f64 = 100.0;

/// Processor seconds of this process so far, all threads; 0 where unknown.
pub fn cpu_s() -> f64 {
    // The second field, the command's name in brackets, may hold anything; after it the fields are numbers (proc(5)).
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let (user, system) = (11, 12);
    let ticks = |at: usize| fields.split_whitespace().nth(at).and_then(|field| field.parse::<f64>().ok());
    ticks(user).zip(ticks(system)).map_or(0.0, |(user, system)| (user + system) / TICKS_PER_S)
}

/// The most memory that this process has had resident, in bytes; 0 where unknown.
pub fn peak_rss_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.map_or(0, |kibibytes| kibibytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn linux_tells() {
        let before = cpu_s();
        while cpu_s() - before < 0.02 {
            std::hint::black_box(peak_rss_bytes());
        }
        assert!((100 << 10..1 << 40).contains(&peak_rss_bytes()));
    }
}
