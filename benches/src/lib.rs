//! Shared set-ups for the benchmarks in `benches/`.
