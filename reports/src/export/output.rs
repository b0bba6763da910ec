//! Where an export goes: written as it comes, up to a limit, until it can't be written any more.

use std::io::{self, BufWriter, Write};

use swarmlab_engine::time::Time;

/// How far an export reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// To the end of the run.
    Whole,
    /// Up to this moment, since more is not written than this many bytes.
    Until(Time, u64),
}

/// A file, or whatever takes bytes. After its first error it takes no more.
#[derive(Debug)]
pub struct Output<W: Write> {
    writer: BufWriter<W>,
    bytes_max: u64,
    bytes: u64,
    stopped: Option<(Time, io::Result<()>)>,
}

impl<W: Write> Output<W> {
    /// Nothing is written yet, and at most about so many bytes will be: an export ends behind the first record that
    /// reaches the limit, with what makes it a whole file.
    pub fn new(writer: W, bytes_max: u64) -> Output<W> {
        Output { writer: BufWriter::new(writer), bytes_max, bytes: 0, stopped: None }
    }

    /// Whether more is taken.
    pub fn is_open(&self) -> bool {
        self.stopped.is_none()
    }

    /// Whether the limit is reached.
    pub fn is_full(&self) -> bool {
        self.bytes >= self.bytes_max
    }

    /// Writes what belongs to this moment, unless it has stopped.
    pub fn put(&mut self, now: Time, bytes: &[u8]) {
        if self.is_open() {
            self.bytes += bytes.len() as u64;
            if let Err(error) = self.writer.write_all(bytes) {
                self.stopped = Some((now, Err(error)));
            }
        }
    }

    /// Takes no more after this moment.
    pub fn stop(&mut self, now: Time) {
        self.stopped.get_or_insert((now, Ok(())));
    }

    /// Writes what is still in memory.
    ///
    /// # Errors
    /// Something could not be written, now or before.
    pub fn finish(mut self) -> io::Result<Extent> {
        match self.stopped.take() {
            Some((_, Err(error))) => {
                // What can't be written is not tried again when the buffer is dropped.
                let _ = self.writer.into_parts();
                Err(error)
            }
            stopped => {
                self.writer.flush()?;
                Ok(stopped.map_or(Extent::Whole, |(at, _)| Extent::Until(at, self.bytes_max)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, and then says that it is full.
    struct Small(usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.min(bytes.len()) {
                0 => Err(io::ErrorKind::StorageFull.into()),
                taken => {
                    self.0 -= taken;
                    Ok(taken)
                }
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_error_is_the_last() {
        for room in [0, 1, 100_000] {
            let mut output = Output::new(Small(room), u64::MAX);
            (0..10).for_each(|second| output.put(Time::from_secs(second), &[0; 50_000]));
            assert!(!output.is_open());
            assert_eq!(output.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
        let mut output = Output::new(Small(5), u64::MAX);
        output.put(Time::ZERO, &[0; 6]);
        assert_eq!(output.finish().unwrap_err().kind(), io::ErrorKind::StorageFull, "seen at the end only");
    }

    #[test]
    fn the_limit_is_said_with_its_moment() {
        let mut output = Output::new(Vec::new(), 3);
        output.put(Time::from_secs(1), &[0; 2]);
        assert!(!output.is_full());
        output.put(Time::from_secs(2), &[0; 2]);
        assert!(output.is_full());
        output.stop(Time::from_secs(2));
        output.put(Time::from_secs(3), &[0; 2]);
        assert_eq!(output.finish().unwrap(), Extent::Until(Time::from_secs(2), 3));
    }
}
