//! `watch`: people who watch the content while they fetch it.

use std::time::Duration;

use swarmlab_engine::playback::Playback;

use super::text::{Fields, Keys, Read, Table};
use super::value::{LINK_RATE, Span};

/// A film that takes more than a day to play is none.
const DAY: Duration = Duration::from_secs(86_400);
/// Content, in playing time.
const CONTENT: Span = Span("s", Duration::ZERO..=DAY);

/// What a player does if nobody says otherwise: ExoPlayer's `DefaultLoadControl`, which plays most of what is watched on
/// Android, begins with 2.5 s, goes on with 5 s, and tries to be 50 s ahead.
const START_AFTER: Duration = Duration::from_millis(2_500);
const REBUFFER: Duration = Duration::from_secs(5);
const WINDOW: Duration = Duration::from_secs(50);

/// How it is said.
pub const WATCH: Table<Playback> = Table { read, write };

fn read(keys: &mut Keys<'_>) -> Read<Playback> {
    let rate = keys.required("rate", "\"2 Mbit/s\"", "The rate at which the content is played.", &LINK_RATE);
    let start_after = keys.or(
        "start_after",
        "Content that must be there before it begins, in playing time. The defaults are ExoPlayer's.",
        START_AFTER,
        &CONTENT,
    );
    let rebuffer = keys.or(
        "rebuffer",
        "Content that must be there before it goes on after a stall, in playing time.",
        REBUFFER,
        &CONTENT,
    );
    let window = keys.or(
        "window",
        "What is played within this time is wanted soon; some pickers care.",
        WINDOW,
        &CONTENT,
    );
    Ok(Playback { bits_per_s: rate?, start_after: start_after?, rebuffer: rebuffer?, window: window? })
}

fn write(playback: &Playback, fields: &mut Fields) {
    fields.put("rate", &LINK_RATE, &playback.bits_per_s);
    fields.put("start_after", &CONTENT, &playback.start_after);
    fields.put("rebuffer", &CONTENT, &playback.rebuffer);
    fields.put("window", &CONTENT, &playback.window);
}
