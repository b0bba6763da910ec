//! A tracker's URL, and where it redirects to: refused, or fit for a request line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swarmlab_engine::metainfo::InfoHash;
use swarmlab_engine::tracker::{AnnounceRequest, TrackerUrl};
use swarmlab_engine::wire::PeerId;

const REQUEST: AnnounceRequest = AnnounceRequest {
    info_hash: InfoHash([0xa7; 20]),
    peer_id: PeerId([b'-'; 20]),
    port: 6881,
    uploaded: 0,
    downloaded: 0,
    left: 1,
    event: None,
    numwant: None,
    key: None,
    tracker_id: None,
};

fn check(url: &TrackerUrl) {
    let request = String::from_utf8(REQUEST.to_http(url)).expect("a request is ASCII");
    assert!(request.is_ascii() && request.ends_with("\r\n\r\n"));
    assert_eq!(request.matches('\r').count(), 6);
    assert_eq!(request.lines().count(), 6);
    assert_eq!(request.lines().next().map(|line| line.split(' ').count()), Some(3));
    assert_ne!(url.port(), 0);
    assert_eq!(url.to_string().parse().as_ref(), Ok(url));
}

fuzz_target!(|text: &str| {
    let (url, location) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(url) = url.parse::<TrackerUrl>() {
        check(&url);
        if let Ok(elsewhere) = url.redirect(location) {
            check(&elsewhere);
        }
    }
});
