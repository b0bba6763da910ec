use crate::peer::TransferMeter;

#[test]
fn lately_is_this_round_and_the_one_before() {
    let mut meter = TransferMeter::default();
    assert_eq!((meter.total(), meter.recent()), (0, 0));
    let rounds = [[3, 4], [0, 0], [10, 20], [100, 200], [0, 0], [0, 0]];
    let (mut total, mut before) = (0, 0);
    for bytes in rounds {
        bytes.iter().for_each(|bytes| meter.add(*bytes));
        let now = bytes.iter().sum::<u64>();
        total += now;
        assert_eq!((meter.total(), meter.recent()), (total, before + now));
        meter.end_round();
        assert_eq!((meter.total(), meter.recent()), (total, now));
        before = now;
    }
}
