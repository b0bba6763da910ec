//! Sizes, in bytes: `kB` is 1,000 and `KiB` is 1,024, as the standards have it.

use super::quantity::{Quantity, Unit};

/// A size, in bytes.
pub const SIZE: Quantity = Quantity {
    what: "a size",
    units: &[
        unit("B", 1, &["b", "byte", "bytes"]),
        unit("kB", 1_000, &["K", "KB", "kb"]),
        unit("KiB", 1 << 10, &["Ki", "kiB", "kib"]),
        unit("MB", 1_000_000, &["M", "Mb", "mb"]),
        unit("MiB", 1 << 20, &["Mi", "Mib", "mib"]),
        unit("GB", 1_000_000_000, &["G", "Gb", "gb"]),
        unit("GiB", 1 << 30, &["Gi", "Gib", "gib"]),
        unit("TB", 1_000_000_000_000, &["T", "Tb", "tb"]),
        unit("TiB", 1 << 40, &["Ti", "Tib", "tib"]),
    ],
    zero_unit: "B",
};

const fn unit(name: &'static str, base: u64, slips: &'static [&'static str]) -> Unit {
    Unit { name, base, written: true, slips }
}
