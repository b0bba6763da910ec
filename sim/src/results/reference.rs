//! The manual page of the tables, in Markdown: their columns from the files' own schema, what they mean from the doc
//! comments of the row types.

use std::fmt::Write;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as PhysicalType};
use parquet::record::RecordWriter;
use parquet::schema::types::Type;

use super::described::Described;
use super::table::Table;
use super::{
    AcquisitionRow, EventRow, FlowRow, PeerRow, PieceRow, ProgressRow, SweptPeerRow, SweptRunRow,
    TimelineRow, TransferRow,
};

const HEAD: &str = "\
<!-- Written by `swarmlab schema --tables`: change the doc comments of the row types in sim/src/results, not this page. -->

# The tables of a run

Each run writes one folder, and its tables as Parquet files: flat columns, compressed with Snappy. They open as they are:

```sql
-- DuckDB: how much of what each group received came from seeds?
SELECT taker.\"group\", sum(payload_bytes) FILTER (giver.role = 'seed') / sum(payload_bytes) AS from_seeds
FROM 'runs/flash-crowd-1/transfers.parquet' JOIN 'runs/flash-crowd-1/peers.parquet' taker ON downloader = taker.peer
JOIN 'runs/flash-crowd-1/peers.parquet' giver ON uploader = giver.peer GROUP BY ALL;
```

```python
import pandas
peers = pandas.read_parquet('runs/flash-crowd-1/peers.parquet')
print((peers.completed_s - peers.joined_s).describe())
```

A column's unit is the end of its name. Times are simulated seconds from the start of the run. Peers are numbered from 0, in
the order of the scenario's groups. `just tables` opens every table of a run with DuckDB and pandas, and holds it against this page.

| type | in Parquet | in DuckDB | in pandas |
|---|---|---|---|
| `uint32` | INT32, unsigned | UINTEGER | uint32 |
| `uint64` | INT64, unsigned | UBIGINT | uint64 |
| `double` | DOUBLE | DOUBLE | float64; null is NaN |
| `text` | BYTE_ARRAY, UTF-8 | VARCHAR | object or str |
";

const SWEEPS: &str = "
# The tables of a sweep

`swarmlab sweep merge` writes two tables of all runs of a sweep (docs/sweeps.md):

```sql
-- DuckDB: how long do half of the leechers need, by variant, and how much does that differ from seed to seed?
SELECT scenario, variant, avg(median_s), stddev(median_s) FROM 'runs/sweep-slow-seed-1/merged/runs.parquet' GROUP BY ALL;
-- Over all peers of all seeds?
SELECT variant, \"group\", median(completed_s - joined_s)
FROM 'runs/sweep-slow-seed-1/merged/peers.parquet' JOIN 'runs/sweep-slow-seed-1/merged/runs.parquet' USING (run) GROUP BY ALL;
```
";

/// The page.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    section::<PeerRow>(&mut page, PeerRow::NAME);
    section::<TimelineRow>(&mut page, TimelineRow::NAME);
    section::<ProgressRow>(&mut page, ProgressRow::NAME);
    section::<PieceRow>(&mut page, PieceRow::NAME);
    section::<TransferRow>(&mut page, TransferRow::NAME);
    section::<FlowRow>(&mut page, FlowRow::NAME);
    section::<AcquisitionRow>(&mut page, AcquisitionRow::NAME);
    section::<EventRow>(&mut page, EventRow::NAME);
    page.push_str(SWEEPS);
    section::<SweptRunRow>(&mut page, SweptRunRow::NAME);
    section::<SweptPeerRow>(&mut page, SweptPeerRow::NAME);
    page
}

fn section<R: Described>(page: &mut String, name: &str)
where
    for<'a> &'a [R]: RecordWriter<R>,
{
    let schema = <&[R]>::default().schema().expect("row types have a schema");
    let _ = write!(page, "\n## `{name}.parquet`\n\n{}\n\n", prose(R::DOC));
    page.push_str("| column | type | unit | what it means |\n|---|---|---|---|\n");
    for (column, (name, doc)) in schema.get_fields().iter().zip(R::COLUMNS) {
        let _ = writeln!(page, "| `{name}` | {} | {} | {} |", type_of(column), unit(name), prose(doc));
    }
}

/// The type of a column, as the page has it.
fn type_of(column: &Type) -> String {
    let info = column.get_basic_info();
    let is_signed = match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::Integer(integer)), _) => integer.is_signed,
        (_, ConvertedType::UINT_32 | ConvertedType::UINT_64) => false,
        _ => true,
    };
    let name = match (column.get_physical_type(), is_signed) {
        (PhysicalType::INT32, false) => "`uint32`",
        (PhysicalType::INT64, false) => "`uint64`",
        (PhysicalType::DOUBLE, _) => "`double`",
        (PhysicalType::BYTE_ARRAY, _) => "`text`",
        (other, _) => unreachable!("no table has a column of {other}"),
    };
    let null = if info.repetition() == Repetition::OPTIONAL { " or null" } else { "" };
    format!("{name}{null}")
}

/// The unit of a column, which its name ends with.
fn unit(name: &str) -> &'static str {
    const UNITS: [(&str, &str); 7] = [
        ("_bits_per_s", "bit/s"),
        ("_bytes", "bytes"),
        ("_s", "s"),
        ("_share", "share"),
        ("_index", "index"),
        ("seed_copies", "copies"),
        ("continuity", "share"),
    ];
    UNITS.iter().find(|(ending, _)| name.ends_with(ending)).map_or("", |(_, unit)| unit)
}

/// The lines of a doc comment as one, without its links.
fn prose(doc: &[&str]) -> String {
    let lines: Vec<&str> = doc.iter().map(|line| line.trim()).collect();
    let mut text = lines.join(" ");
    while let Some(start) = text.find("[`")
        && let Some(end) = text[start..].find("`]")
    {
        let end = start + end;
        let target = text[end + 2..].strip_prefix('(').and_then(|rest| rest.find(')'));
        let after = target.map_or(end + 2, |length| end + 2 + length + 2);
        text = format!("{}`{}`{}", &text[..start], &text[start + 2..end], &text[after..]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_words() {
        assert_eq!(prose(&[" A [`Row`] of", " [`more`](super::More) rows."]), "A `Row` of `more` rows.");
    }

    #[test]
    fn every_measure_has_its_unit() {
        let page = reference();
        for line in page.lines().filter(|line| line.starts_with("| `") && line.contains("| `double`")) {
            assert!(!line.contains("|  |") || line.starts_with("| `double`"), "{line}");
        }
        assert!(!page.contains("]("), "a link that leads nowhere");
    }
}
