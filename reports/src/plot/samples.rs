//! Reading tables with many rows per sample.

/// The rows of each sample with its time, from rows in the order of time.
pub(super) fn by_time<R>(rows: &[R], time_s: impl Fn(&R) -> f64) -> Vec<(f64, &[R])> {
    rows.chunk_by(|a, b| time_s(a) == time_s(b)).map(|sample| (time_s(&sample[0]), sample)).collect()
}

/// The outline of a quantity that is constant between samples: (time, value over the interval that ends
/// there). Where there is no value the line is broken.
pub(super) fn steps(values: impl IntoIterator<Item = (f64, Option<f64>)>) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut before_s = None;
    let mut connected = false;
    for (time_s, value) in values {
        if let (Some(value), Some(before_s)) = (value, before_s) {
            if !connected {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut() {
                line.extend([(before_s, value), (time_s, value)]);
            }
        }
        connected = value.is_some() && before_s.is_some();
        before_s = Some(time_s);
    }
    lines
}

/// For each of `columns` even spans of `end_s`, the index of the latest of `times` that is not after its
/// middle.
pub(super) fn columns(times: &[f64], end_s: f64, columns: u32) -> Vec<Option<usize>> {
    let middle = |column: u32| (f64::from(column) + 0.5) / f64::from(columns) * end_s;
    (0..columns).map(|column| times.partition_point(|&time| time <= middle(column)).checked_sub(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_hold_and_break() {
        let lines = steps([(0.0, Some(9.0)), (1.0, Some(4.0)), (2.0, None), (3.0, Some(5.0))]);
        assert_eq!(lines, [vec![(0.0, 4.0), (1.0, 4.0)], vec![(2.0, 5.0), (3.0, 5.0)]]);
    }

    #[test]
    fn columns_show_the_latest_sample() {
        assert_eq!(columns(&[0.0, 1.0, 2.0], 4.0, 4), [Some(0), Some(1), Some(2), Some(2)]);
        assert_eq!(columns(&[3.0], 4.0, 2), [None, Some(0)]);
        assert_eq!(columns(&[], 4.0, 1), [None]);
    }
}
