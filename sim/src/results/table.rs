//! A table of a run as a Parquet file: flat columns, snappy, no arrow. The columns of a file are compared
//! with those of the row type before anything is decoded, since the derived decoders take them for granted.

use std::fs::File;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::{RecordReader, RecordWriter};

use super::ResultsError;
use super::described::Described;

/// The most rows that a table may have, written or read: what bounds the memory of a reader.
pub const ROWS_MAX: usize = 1 << 24;

/// Rows that are encoded together; bounds the memory of the encoder.
const GROUP_ROWS: usize = 1 << 20;

/// A row type with its file.
pub(crate) trait Table: Described + Sized {
    /// The file's name, without `.parquet`.
    const NAME: &str;

    /// The rows of a group whose columns are known to be right.
    fn read_group(group: &mut dyn RowGroupReader) -> Result<Vec<Self>, ParquetError>;
}

/// Encodes `rows` into `out`.
pub(super) fn write<R>(rows: &[R], out: impl Write + Send) -> Result<(), ParquetError>
where
    for<'a> &'a [R]: RecordWriter<R>,
{
    let mut table = TableWriter::new::<R>(out)?;
    rows.chunks(GROUP_ROWS).try_for_each(|group| table.write_group(group))?;
    table.finish()
}

/// Encodes a table group by group, for whoever can't have all its rows in memory.
pub(crate) struct TableWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
}

impl<W: Write + Send> TableWriter<W> {
    /// A table of such rows.
    pub(crate) fn new<R>(out: W) -> Result<TableWriter<W>, ParquetError>
    where
        for<'a> &'a [R]: RecordWriter<R>,
    {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by(concat!("swarmlab ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = <&[R]>::default().schema()?;
        Ok(TableWriter { file: SerializedFileWriter::new(out, schema, Arc::new(properties))? })
    }

    /// Adds rows, which are encoded together; of no rows there is no group.
    pub(crate) fn write_group<R>(&mut self, rows: &[R]) -> Result<(), ParquetError>
    where
        for<'a> &'a [R]: RecordWriter<R>,
    {
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        rows.write_to_row_group(&mut group)?;
        group.close()?;
        Ok(())
    }

    /// Ends the table.
    pub(crate) fn finish(self) -> Result<(), ParquetError> {
        self.file.close()?;
        Ok(())
    }
}

/// Decodes the table in `path`.
pub(crate) fn read<R: Table>(path: &Path) -> Result<Vec<R>, ResultsError>
where
    for<'a> &'a [R]: RecordWriter<R>,
{
    let file = File::open(path).map_err(|source| ResultsError::Read { path: path.to_owned(), source })?;
    // On a damaged file the decoder may panic where it should say so.
    panic::catch_unwind(AssertUnwindSafe(|| decode(file, path))).unwrap_or_else(|_| {
        let source = ParquetError::General("damaged".to_owned());
        Err(ResultsError::Table { path: path.to_owned(), source })
    })
}

fn decode<R: Table>(file: File, path: &Path) -> Result<Vec<R>, ResultsError>
where
    for<'a> &'a [R]: RecordWriter<R>,
{
    let table_error = |source| ResultsError::Table { path: path.to_owned(), source };
    let reader = SerializedFileReader::new(file).map_err(table_error)?;
    let metadata = reader.metadata();
    let expected = <&[R]>::default().schema().map_err(table_error)?;
    if metadata.file_metadata().schema().get_fields() != expected.get_fields() {
        return Err(ResultsError::Columns { path: path.to_owned() });
    }
    let claims = metadata.row_groups().iter().map(|group| group.num_rows());
    let claimed = claims.fold(0i64, |sum, rows| if rows < 0 { i64::MAX } else { sum.saturating_add(rows) });
    if claimed > ROWS_MAX as i64 {
        return Err(ResultsError::TooManyRows { path: path.to_owned(), rows: claimed });
    }
    let mut rows = Vec::new();
    for index in 0..reader.num_row_groups() {
        let mut group = reader.get_row_group(index).map_err(table_error)?;
        rows.extend(R::read_group(group.as_mut()).map_err(table_error)?);
    }
    Ok(rows)
}

/// The rows of a group by the derived decoder, which fills a vector from its start: each group needs its own.
pub(super) fn read_derived<R>(group: &mut dyn RowGroupReader) -> Result<Vec<R>, ParquetError>
where
    Vec<R>: RecordReader<R>,
{
    let count = group.metadata().num_rows() as usize; // checked against ROWS_MAX
    let mut rows = Vec::with_capacity(count);
    rows.read_from_row_group(group, count)?;
    Ok(rows)
}
