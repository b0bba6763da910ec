//! Latencies that somebody measured: a square of numbers, and the same with names.

use std::time::Duration;

/// One-way latencies from each row to each column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatencyMatrix {
    side: u32,
    /// Row by row.
    one_way: Box<[Duration]>,
}

impl LatencyMatrix {
    /// From rows of equal length, as many as each has columns; `None` if they aren't, or there are none.
    pub fn from_rows(rows: &[Vec<Duration>]) -> Option<LatencyMatrix> {
        let is_square = !rows.is_empty() && rows.iter().all(|row| row.len() == rows.len());
        let side = u32::try_from(rows.len()).ok().filter(|_| is_square)?;
        Some(LatencyMatrix { side, one_way: rows.iter().flatten().copied().collect() })
    }

    /// How many rows, and how many columns.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// From `row` to `column`.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn one_way(&self, row: u32, column: u32) -> Duration {
        assert!(row < self.side && column < self.side, "row {row}, column {column} of {}", self.side);
        self.one_way[row as usize * self.side as usize + column as usize]
    }

    /// Whether it is as far back as forth, from each to each.
    pub fn is_symmetric(&self) -> bool {
        let pairs = (0..self.side).flat_map(|row| (0..row).map(move |column| (row, column)));
        pairs.into_iter().all(|(row, column)| self.one_way(row, column) == self.one_way(column, row))
    }

    pub(super) fn largest(&self) -> Duration {
        self.one_way.iter().copied().max().unwrap_or_default()
    }
}

/// One-way latencies between regions of the world, and within each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionTable {
    names: Box<[String]>,
    between: LatencyMatrix,
}

impl RegionTable {
    /// A region for each row of `between`; `None` if there isn't a name for each.
    pub fn new(names: impl IntoIterator<Item = String>, between: LatencyMatrix) -> Option<RegionTable> {
        let names: Box<[String]> = names.into_iter().collect();
        let fits = names.len() == between.side() as usize && u16::try_from(names.len()).is_ok();
        fits.then_some(RegionTable { names, between })
    }

    /// The regions' names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The region of this name, for [`Place::Region`](super::Place::Region).
    pub fn region(&self, name: &str) -> Option<u16> {
        self.names.iter().position(|known| known == name).map(|region| region as u16)
    }

    /// From each to each, in the order of the names.
    pub fn between(&self) -> &LatencyMatrix {
        &self.between
    }
}
