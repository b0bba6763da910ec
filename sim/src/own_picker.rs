#![doc = include_str!("../../docs/picker-guide.md")]
