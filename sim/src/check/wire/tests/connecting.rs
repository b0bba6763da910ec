//! Whom a client dials (S28), and bytes after the end (S9).

use swarmlab_engine::session::StartWith::Nothing;

use super::check;
use super::rig::Act::{Bans, Closes, Dials, Says, Settles, With};
use super::words::have_none;

#[test]
fn connections() {
    check(vec![
        ("two of two", Nothing, None, vec![Dials(1), Dials(2), Settles(0)]),
        ("beyond the aim", Nothing, Some("S28"), vec![Dials(1), Dials(2), Dials(3)]),
        ("three of three", Nothing, None, vec![With(1), With(2), With(3), Settles(0)]),
        ("four of three", Nothing, Some("S28"), vec![With(1), With(2), With(3), With(4), Settles(0)]),
        ("one goes", Nothing, None, vec![With(1), With(2), With(3), With(4), Closes, Settles(0)]),
        ("banned", Nothing, Some("S28"), vec![With(1), Bans(1), Closes, Dials(1)]),
        ("banned, and spoken to", Nothing, Some("S28"), vec![With(1), Bans(1), Says(have_none())]),
        ("another is banned", Nothing, None, vec![With(1), Bans(1), Closes, Dials(2)]),
        ("itself, unknowing", Nothing, None, vec![Dials(0), Settles(0)]),
        ("itself, again", Nothing, Some("S28"), vec![With(0), Closes, Dials(0)]),
    ]);
}
