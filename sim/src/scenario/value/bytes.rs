//! Sizes, in bytes: `kB` is 1,000 and `KiB` is 1,024, as the standards have it.

use super::super::text::{Form, Read, Shape, Value, Written, quoted_toml};
use super::quantity::{Quantity, Unit};

/// A size, in bytes.
pub static SIZE: Quantity = Quantity {
    name: "size",
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

/// Buffers of a gigabyte are already beyond what any kernel gives.
const BUFFER_BYTES_MAX: u64 = 1 << 30;

/// A buffer's size, in bytes, up to a gibibyte.
pub struct Buffer;

impl Form for Buffer {
    type T = u32;

    fn read(&self, value: &Value<'_>) -> Read<u32> {
        // The limit is far below 4 GiB.
        SIZE.read(value, "KiB", 1..=BUFFER_BYTES_MAX).map(|bytes| bytes as u32)
    }

    fn shape(&self) -> Shape {
        SIZE.shape(&(1..=BUFFER_BYTES_MAX))
    }
}

impl Written for Buffer {
    fn written(&self, value: &u32) -> String {
        quoted_toml(&SIZE.written((*value).into()))
    }
}
