//! A tracker's answer is the same however it is cut, and what is taken from it lies within the limits.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use swarmlab_engine::tracker::{
    AnnounceResponse, Answer, AnswerError, AnswerReader, INTERVAL_MAX, INTERVAL_MIN, PEERS_MAX,
};
use swarmlab_fuzz::reader::Reader;

fn read<'a>(fragments: impl Iterator<Item = &'a [u8]>) -> Result<Answer, AnswerError> {
    let mut reader = AnswerReader::new();
    for fragment in fragments {
        if let Some(answer) = reader.push(fragment)? {
            return Ok(answer);
        }
    }
    reader.finish()
}

fn check(response: &AnnounceResponse) {
    assert!((INTERVAL_MIN..=INTERVAL_MAX).contains(&response.interval));
    assert!(response.min_interval.is_none_or(|least| least <= response.interval));
    assert!(response.peers.len() <= PEERS_MAX);
    assert!(response.peers.iter().all(|peer| peer.port() != 0 && !peer.ip().is_unspecified()));
    let different: BTreeSet<_> = response.peers.iter().collect();
    assert_eq!(different.len(), response.peers.len());
}

fuzz_target!(|input: &[u8]| {
    let mut input = Reader::new(input);
    let length = usize::from(input.byte()).max(1);
    let body = input.rest();
    let heads: [&[u8]; 3] =
        [b"", b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"];
    for head in heads {
        let http = [head, body].concat();
        let answer = read(std::iter::once(&http[..]));
        assert_eq!(read(http.chunks(length)), answer);
        if let Ok(Answer::Accepted(response)) = &answer {
            check(response);
        }
    }
});
