//! The datagrams that go to a tracker and come from it (BEP 15), as far as they are judged. Read with a reader of its own.

use super::query::Query;

/// What stands in a request in place of a connection id, if one is asked for.
const PROTOCOL: [u8; 8] = [0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80];
/// An announce without options.
const ANNOUNCE_BYTES: usize = 98;

/// What a request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It asks for a connection id.
    Connect,
    /// It announces.
    Announce(Query),
}

/// Reads a request; `None` if it is none that a client in a swarm makes.
pub fn read(data: &[u8]) -> Option<Said> {
    let number = |at: usize| Some(u64::from_be_bytes(*data.get(at..)?.first_chunk()?));
    match data.get(8..12)? {
        [0, 0, 0, 0] if data.starts_with(&PROTOCOL) && data.len() >= 16 => Some(Said::Connect),
        [0, 0, 0, 1] if data.len() >= ANNOUNCE_BYTES => Some(Said::Announce(Query {
            info_hash: data[16..36].into(),
            peer_id: data[36..56].into(),
            downloaded: number(56)?,
            left: number(64)?,
            uploaded: number(72)?,
            event: match data[80..84] {
                [0, 0, 0, 0] => "",
                [0, 0, 0, 1] => "completed",
                [0, 0, 0, 2] => "started",
                [0, 0, 0, 3] => "stopped",
                _ => return None,
            }
            .into(),
        })),
        _ => None,
    }
}

/// Whether one has the transaction id of the other.
pub fn answers(answer: &[u8], request: &[u8]) -> bool {
    answer.get(4..8).is_some_and(|id| request.get(12..16) == Some(id))
}

/// The connection id that a tracker gives; `None` if it gives none.
pub fn connection_id(answer: &[u8]) -> Option<[u8; 8]> {
    let [0, 0, 0, 0] = answer.get(..4)? else { return None };
    answer.get(8..)?.first_chunk().copied()
}

/// What an answer to an announce says of its interval, in the words of an answer over HTTP; `None` if it is none.
pub fn as_bencoding(answer: &[u8]) -> Option<Vec<u8>> {
    let [0, 0, 0, 1] = answer.get(..4)? else { return None };
    let seconds = u32::from_be_bytes(*answer.get(8..)?.first_chunk()?);
    Some(format!("d8:intervali{seconds}ee").into_bytes())
}

#[cfg(test)]
mod tests {
    use swarmlab_engine::metainfo::InfoHash;
    use swarmlab_engine::tracker::udp::{Answer, Request, Said as Answered, Wants};
    use swarmlab_engine::tracker::{AnnounceRequest, Event};
    use swarmlab_engine::wire::PeerId;

    use super::*;

    #[test]
    fn the_two_readers_agree() {
        let request = |wants| Request { transaction: 7, wants }.encode();
        let connect = request(Wants::Connect);
        assert_eq!(read(&connect), Some(Said::Connect));
        for (event, name) in [
            (None, ""),
            (Some(Event::Started), "started"),
            (Some(Event::Completed), "completed"),
            (Some(Event::Stopped), "stopped"),
        ] {
            let announce = AnnounceRequest {
                info_hash: InfoHash([1; 20]),
                peer_id: PeerId([2; 20]),
                port: 3,
                uploaded: 4,
                downloaded: 5,
                left: 6,
                event,
                numwant: None,
                key: None,
                tracker_id: None,
            };
            let said = request(Wants::Announce { connection_id: 8, announce, target: "/x".into() });
            let query = Query {
                info_hash: vec![1; 20],
                peer_id: vec![2; 20],
                uploaded: 4,
                downloaded: 5,
                left: 6,
                event: name.into(),
            };
            assert_eq!(read(&said), Some(Said::Announce(query)));
            assert_eq!(read(&said[..97]), None);
        }
        assert_eq!(read(&connect[..15]), None);
        let announced = Answered::Announced { interval: 1_800, leechers: 1, seeds: 2, peers: vec![] };
        let answer = Answer { transaction: 7, said: announced }.encode();
        assert_eq!(as_bencoding(&answer).as_deref(), Some(&b"d8:intervali1800ee"[..]));
        assert!(answers(&answer, &connect) && !answers(&answer[..7], &connect));
        let connected = Answer { transaction: 7, said: Answered::Connected(9) }.encode();
        assert_eq!(connection_id(&connected), Some([0, 0, 0, 0, 0, 0, 0, 9]));
        assert_eq!((connection_id(&connected[..15]), connection_id(&answer)), (None, None));
        assert_eq!(as_bencoding(&Answer { transaction: 7, said: Answered::Connected(9) }.encode()), None);
    }
}
