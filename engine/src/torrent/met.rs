//! Who has been met: the peers whose handshakes are through, by id.

use crate::wire::PeerId;

/// The last bytes of the id of each peer that is established, by its place in the table of peers. Whether a newcomer is here
/// already is seen without a look at everybody: in a large swarm each would be a fetch from memory.
#[derive(Debug, Default)]
pub(super) struct Met {
    marks: Vec<Option<[u8; 4]>>,
    count: u32,
}

impl Met {
    /// How many there are.
    pub fn len(&self) -> u32 {
        self.count
    }

    /// The peer at this place is established now.
    pub fn add(&mut self, at: usize, id: PeerId) {
        if self.marks.len() <= at {
            self.marks.resize(at + 1, None);
        }
        debug_assert!(self.marks[at].is_none(), "established twice");
        self.marks[at] = Some(mark(id));
        self.count += 1;
    }

    /// It has gone, if it ever was.
    pub fn remove(&mut self, at: usize) {
        let was_here = self.marks.get_mut(at).and_then(Option::take).is_some();
        self.count -= u32::from(was_here);
    }

    /// The places of those who may have this id, in order. Ids can be alike, by somebody's design above all.
    pub fn alike(&self, id: PeerId) -> impl Iterator<Item = usize> {
        let mark = Some(mark(id));
        self.marks.iter().enumerate().filter(move |(_, other)| **other == mark).map(|(at, _)| at)
    }
}

/// The random part of an id is at its end.
fn mark(PeerId(id): PeerId) -> [u8; 4] {
    *id.last_chunk().expect("twenty bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_here_may_be_whom_the_mark_says() {
        let [a, b, like_a] = [(1, 1), (1, 2), (2, 1)].map(|(head, tail)| {
            let mut id = [head; 20];
            id[19] = tail;
            id[16..19].fill(0);
            PeerId(id)
        });
        let mut met = Met::default();
        met.add(3, a);
        met.add(1, b);
        met.add(2, like_a);
        assert_eq!((met.len(), met.alike(a).collect::<Vec<_>>()), (3, vec![2, 3]));
        met.remove(2);
        met.remove(0);
        met.remove(7);
        assert_eq!((met.len(), met.alike(like_a).collect::<Vec<_>>()), (2, vec![3]));
        met.add(2, b);
        assert_eq!(met.alike(b).collect::<Vec<_>>(), [1, 2]);
    }
}
