//! A command that runs and tells what happens, one JSON object a line.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;

/// A running command; killed when dropped.
pub struct Running {
    pub process: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    pub fn start(mut command: Command) -> Running {
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the command starts");
        let lines = BufReader::new(process.stdout.take().expect("it is piped"));
        Running { process, lines }
    }

    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("it prints UTF-8");
        (!line.is_empty()).then(|| serde_json::from_str(&line).expect("each line is JSON"))
    }

    /// The next event of this name; panics if the process ends before.
    pub fn wait_for(&mut self, event: &str) -> Value {
        self.wait_until(|object| object["event"] == event)
    }

    pub fn wait_until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let object = self.next().expect("it has not ended yet");
            if wanted(&object) {
                return object;
            }
        }
    }

    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    pub fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    pub fn end(&mut self) -> ExitStatus {
        while self.next().is_some() {}
        self.process.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
