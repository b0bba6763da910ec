//! Small tables of numbers in files that a scenario names: comma-separated values. Only numbers: no quotes, no escapes.
//! Whatever is wrong is shown in the line of the file.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::error::Complaint;
use super::value::{Read, Refused, Value};
use super::{grouped, list, quoted};

/// More than any trace that a person would play; it bounds what a wrong path costs.
const FILE_BYTES_MAX: usize = 64 << 20;

/// A file of numbers: what its lines look like.
pub struct Columns {
    /// The names in the first line; without any, the file is a square of numbers without a head.
    pub head: &'static [&'static str],
    /// The most lines.
    pub rows_max: usize,
    /// The largest number; the least is 0.
    pub number_max: f64,
}

/// A line of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number in the file, from 1.
    pub line: usize,
    /// Its numbers.
    pub numbers: Vec<f64>,
}

/// A file of numbers that was read, for complaints about it.
struct Text<'v, 'a> {
    value: &'v Value<'a>,
    path: &'v Path,
    text: &'v str,
}

impl Columns {
    /// The rows of the file that `value` names, judged one by one: `judge` gets a row and the one before it.
    pub fn read(
        &self,
        value: &Value<'_>,
        judge: impl Fn(Option<&Row>, &Row) -> Result<(), Complaint>,
    ) -> Read<(PathBuf, Vec<Row>)> {
        let path = value.existing_path()?;
        if !path.is_absolute() {
            let complaint =
                Complaint::new("a scenario that is no file has no folder to look for this one in");
            return Err(value.refuse(complaint.help("write the scenario into a file")));
        }
        let text = read_text(value, &path)?;
        let file = Text { value, path: &path, text: &text };
        let rows = self.rows(&file)?;
        for (number, row) in rows.iter().enumerate() {
            let before = number.checked_sub(1).map(|before| &rows[before]);
            judge(before, row).map_err(|complaint| file.refuse(row.line, complaint))?;
        }
        if rows.is_empty() {
            return Err(file.refuse(1, Complaint::new("this file has no numbers").help(self.help())));
        }
        Ok((path, rows))
    }

    fn rows(&self, file: &Text<'_, '_>) -> Read<Vec<Row>> {
        let numbered = file.text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let mut lines = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        if !self.head.is_empty()
            && let Some((number, line)) = lines.next()
            && !line.split(',').map(str::trim).eq(self.head.iter().copied())
        {
            let complaint = Complaint::new("the first line does not name the columns").help(self.help());
            return Err(file.refuse(number, complaint));
        }
        let mut rows: Vec<Row> = Vec::new();
        for (line, words) in lines {
            let width = match self.head.len() {
                0 => rows.first().map(|first| first.numbers.len()),
                named => Some(named),
            };
            let row = self.row(line, words, width).map_err(|complaint| file.refuse(line, complaint))?;
            rows.push(row);
            if rows.len() > self.rows_max {
                let limit = format!("at most {} rows", grouped(self.rows_max as u128));
                return Err(file.refuse(line, Complaint::new("this file is too long").label(limit)));
            }
        }
        Ok(rows)
    }

    fn row(&self, line: usize, words: &str, width: Option<usize>) -> Result<Row, Complaint> {
        let mut numbers = Vec::with_capacity(width.unwrap_or(0));
        for word in words.split(',').map(str::trim) {
            let number: f64 = word
                .parse()
                .map_err(|_| Complaint::new(format!("{} is not a number", quoted(word))).help(self.help()))?;
            if !(0.0..=self.number_max).contains(&number) {
                let complaint = Complaint::new(format!("{} is out of range", quoted(word)));
                return Err(complaint.label(format!("from 0 to {}", self.number_max)));
            }
            numbers.push(number);
        }
        match width {
            Some(width) if width != numbers.len() => {
                let complaint = Complaint::new(format!("a line of this file has {width} numbers"));
                Err(complaint.label(format!("this one has {}", numbers.len())).help(self.help()))
            }
            _ => Ok(Row { line, numbers }),
        }
    }

    fn help(&self) -> String {
        match self.head {
            [] => "a matrix has a line for each host, with a number for each host, between commas".to_owned(),
            head => format!(
                "the columns are {}; the first line is `{}`",
                list(head.iter().copied()),
                head.join(",")
            ),
        }
    }
}

impl Text<'_, '_> {
    fn refuse(&self, line: usize, complaint: Complaint) -> Refused {
        let name = self.path.display().to_string();
        let words = self.text.lines().nth(line - 1).unwrap_or_default();
        self.value.reader().record(complaint.in_file(name, line, words, self.value.place()))
    }
}

fn read_text(value: &Value<'_>, path: &Path) -> Read<String> {
    let name = quoted(&path.display().to_string());
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| value.refuse(Complaint::new(format!("{name} can't be read: {error}"))))?;
    if bytes.len() > FILE_BYTES_MAX {
        let limit = format!("at most {} bytes", grouped(FILE_BYTES_MAX as u128));
        return Err(value.refuse(Complaint::new(format!("{name} is too large")).label(limit)));
    }
    String::from_utf8(bytes).map_err(|_| {
        value.refuse(Complaint::new(format!("{name} is not a text")).label("expected lines of numbers"))
    })
}
