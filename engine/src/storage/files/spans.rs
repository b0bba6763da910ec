//! Which parts of which files a range of the content covers.

use std::ops::Range;

use crate::metainfo::File;

/// The files' places in the content.
#[derive(Debug)]
pub(super) struct Spans {
    files: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    start: u64,
    end: u64,
    padding: bool,
}

/// A part of a range that lies in one file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The file's index in the torrent.
    pub(super) file: usize,
    /// Where the part starts in the file, in bytes.
    pub(super) offset: u64,
    /// Which bytes of the range it is.
    pub(super) range: Range<usize>,
    /// Zeros that are on no disk.
    pub(super) padding: bool,
}

impl Spans {
    pub(super) fn new(files: &[File]) -> Spans {
        let place =
            |file: &File| Place { start: file.offset, end: file.offset + file.length, padding: file.padding };
        Spans { files: files.iter().map(place).collect() }
    }

    /// Cuts `length` bytes of the content from `start` at the borders of the files.
    pub(super) fn cover(&self, start: u64, length: u32) -> Vec<Span> {
        let end = start + u64::from(length);
        let first = self.files.partition_point(|file| file.end <= start);
        let touched = self.files.iter().enumerate().skip(first).take_while(|(_, file)| file.start < end);
        let span = |(index, file): (usize, &Place)| {
            let (from, to) = (start.max(file.start), end.min(file.end));
            let range = (from - start) as usize..(to - start) as usize;
            Span { file: index, offset: from - file.start, range, padding: file.padding }
        };
        touched.map(span).filter(|span| !span.range.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_at_the_borders_of_files() {
        let place = |start, end, padding| Place { start, end, padding };
        let files =
            vec![place(0, 10, false), place(10, 10, false), place(10, 16, true), place(16, 40, false)];
        let spans = Spans { files };
        let span = |file, offset, range, padding| Span { file, offset, range, padding };
        assert_eq!(spans.cover(0, 10), [span(0, 0, 0..10, false)]);
        assert_eq!(spans.cover(12, 4), [span(2, 2, 0..4, true)]);
        assert_eq!(
            spans.cover(5, 20),
            [span(0, 5, 0..5, false), span(2, 0, 5..11, true), span(3, 0, 11..20, false)]
        );
    }
}
