//! A client in its time, before it, and after it.

use swarmlab_engine::session::{Event, StartWith, TorrentConfig};
use swarmlab_engine::storage::TorrentKey;

use super::*;
use crate::check::stand::{Stand, session};

/// What happens to a client.
#[derive(Clone, Copy, Debug)]
enum Act {
    TimesOut,
    Says,
    Settles,
    Freezes,
    Thaws,
}
use Act::*;

fn judge(acts: &[(u64, Act)]) -> Option<&'static str> {
    let stand = Stand::new();
    let session = session(&stand, StartWith::Everything);
    let due = session.poll_timeout().unwrap();
    let mut clocks = Clocks::default();
    stand.violation(due, |bench| {
        let came = Seen::Came {
            session: &session,
            is_judged: true,
            start: StartWith::Everything,
            config: &TorrentConfig::default(),
        };
        bench.now = Time::ZERO;
        clocks.see(bench, 0, &came);
        clocks.see(bench, 0, &Seen::Settled(&session));
        for (after, act) in acts {
            bench.now = Time::from_nanos(due.as_nanos() / 2 * after);
            let event = Event::Completed { torrent: TorrentKey(0) };
            let seen = match act {
                TimesOut => Seen::TimedOut,
                Says => Seen::Said(&event),
                Settles => Seen::Settled(&session),
                Freezes => Seen::Frozen,
                Thaws => Seen::Thawed,
            };
            clocks.see(bench, 0, &seen);
        }
    })
}

#[test]
fn who_is_called_early_does_nothing_and_who_is_called_late_was_forgotten() {
    // When, in halves of the time that it wants.
    for (is_right, acts) in [
        (true, &[(1, TimesOut), (1, Settles)][..]),
        (false, &[(1, TimesOut), (1, Says)]),
        (true, &[(1, TimesOut), (1, Settles), (1, Says)]),
        (true, &[(2, TimesOut), (2, Says)]),
        // It wants the same time again.
        (false, &[(2, TimesOut), (2, Settles)]),
        (false, &[(3, TimesOut)]),
        (true, &[(1, Freezes), (3, Thaws), (3, TimesOut), (3, Says)]),
        (false, &[(1, Settles), (0, Settles)]),
    ] {
        assert_eq!(judge(acts), (!is_right).then_some("S30"), "{acts:?}");
    }
}
