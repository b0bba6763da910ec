//! The records of the trace event format, and how they are written: a list of JSON objects, one a line.
//!
//! The format is Google's "Trace Event Format", which Perfetto and chrome://tracing read. A list that was cut off is still
//! read by both.

use std::io::Write;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use swarmlab_engine::time::Time;

use crate::export::output::Output;

/// Where a record is shown: a process, and a thread of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Track {
    pub process: u32,
    pub thread: u32,
}

/// A row of a process, by a number that other processes use for rows of their own.
#[derive(Serialize)]
struct Row {
    local: usize,
}

#[derive(Serialize)]
struct Record<'a> {
    ph: &'a str,
    pid: u32,
    tid: u32,
    /// Microseconds; names have no time.
    #[serde(rename = "ts", skip_serializing_if = "Option::is_none", serialize_with = "microseconds")]
    at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'a str>,
    #[serde(rename = "id2", skip_serializing_if = "Option::is_none")]
    row: Option<Row>,
    /// How far an instant is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'a str>,
    #[serde(skip_serializing_if = "Value::is_null")]
    args: Value,
}

/// How far an instant is drawn.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    Thread,
    Everything,
}

/// Writes records.
pub struct Records<W: Write> {
    output: Output<W>,
    line: Vec<u8>,
    /// Something was written before.
    is_begun: bool,
    /// The time of the last record that has one.
    now: Time,
}

impl<W: Write> Records<W> {
    pub fn new(output: Output<W>) -> Records<W> {
        Records { output, line: Vec::new(), is_begun: false, now: Time::ZERO }
    }

    /// A slice of a thread begins. What begins within it ends within it.
    pub fn begin(&mut self, at: Time, track: Track, name: &str) {
        self.write(Record { name: Some(name), ..record("B", at, track) });
    }

    /// The slice of a thread that began last ends.
    pub fn end(&mut self, at: Time, track: Track) {
        self.write(record("E", at, track));
    }

    /// A moment.
    pub fn instant(&mut self, at: Time, track: Track, reach: Reach, name: &str, args: Value) {
        let s = match reach {
            Reach::Thread => "t",
            Reach::Everything => "g",
        };
        self.write(Record { name: Some(name), s: Some(s), args, ..record("i", at, track) });
    }

    /// Numbers from now on, by their names.
    pub fn counter(&mut self, at: Time, track: Track, name: &str, args: Value) {
        self.write(Record { name: Some(name), args, ..record("C", at, track) });
    }

    /// A row for slices that belong to no thread: the first instant in it gives it its name.
    pub fn row(&mut self, at: Time, track: Track, row: usize, name: &str) {
        self.write(in_row("n", at, track, row, name));
    }

    /// A slice in a row begins.
    pub fn row_begin(&mut self, at: Time, track: Track, row: usize, name: &str) {
        self.write(in_row("b", at, track, row, name));
    }

    /// The slice in a row ends.
    pub fn row_end(&mut self, at: Time, track: Track, row: usize, name: &str, args: Value) {
        self.write(Record { args, ..in_row("e", at, track, row, name) });
    }

    /// Names a process, and says where it stands among the others.
    pub fn name_process(&mut self, track: Track, name: &str) {
        let place = track.process;
        self.name(track, "process", name, place);
    }

    /// Names a thread, and says where it stands in its process.
    pub fn name_thread(&mut self, track: Track, name: &str, place: u32) {
        self.name(track, "thread", name, place);
    }

    fn name(&mut self, track: Track, what: &str, name: &str, place: u32) {
        let (names, sorts) = (format!("{what}_name"), format!("{what}_sort_index"));
        let record = || Record { at: None, ..record("M", Time::ZERO, track) };
        self.write(Record { name: Some(&names), args: json!({ "name": name }), ..record() });
        self.write(Record { name: Some(&sorts), args: json!({ "sort_index": place }), ..record() });
    }

    /// Whether more is taken.
    pub fn is_open(&self) -> bool {
        self.output.is_open()
    }

    /// Whether the limit is reached.
    pub fn is_full(&self) -> bool {
        self.output.is_full()
    }

    /// The list is closed. No more is taken, if it is not `whole` since there is no room.
    pub fn close(&mut self, at: Time, whole: bool) {
        self.output.put(at, if self.is_begun { b"\n]\n" } else { b"[]\n" });
        if !whole {
            self.output.stop(at);
        }
    }

    /// Gives the output back.
    pub fn into_output(self) -> Output<W> {
        self.output
    }

    fn write(&mut self, record: Record<'_>) {
        if !self.is_open() {
            return;
        }
        self.now = record.at.unwrap_or(self.now);
        self.line.clear();
        self.line.extend(if self.is_begun { b",\n" } else { b"[\n" });
        self.is_begun = true;
        serde_json::to_writer(&mut self.line, &record).expect("memory can be written to, and names are text");
        self.output.put(self.now, &self.line);
    }
}

fn record<'a>(ph: &'a str, at: Time, track: Track) -> Record<'a> {
    let Track { process, thread } = track;
    Record {
        ph,
        pid: process,
        tid: thread,
        at: Some(at),
        name: None,
        cat: None,
        row: None,
        s: None,
        args: Value::Null,
    }
}

fn in_row<'a>(ph: &'a str, at: Time, track: Track, row: usize, name: &'a str) -> Record<'a> {
    Record { name: Some(name), cat: Some("piece"), row: Some(Row { local: row }), ..record(ph, at, track) }
}

fn microseconds<S: Serializer>(at: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(at.map_or(0.0, |at| at.as_nanos() as f64 / 1e3))
}
