//! The payload of a block, as it arrived.

use std::fmt;

use bytes::{Bytes, BytesMut};
use smallvec::SmallVec;

/// A block in one or a few fragments, as the network cut it. The fragments are never copied together on the way to the
/// disk, nor in a simulation where they are slices of the content itself. Two bodies are equal if their bytes are,
/// however they are cut.
#[derive(Clone, Default)]
pub struct Body {
    fragments: SmallVec<[Bytes; 1]>,
}

impl Body {
    /// Bytes in all fragments.
    pub fn len(&self) -> usize {
        self.fragments.iter().map(Bytes::len).sum()
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The fragments in order.
    pub fn fragments(&self) -> &[Bytes] {
        &self.fragments
    }

    /// Adds a fragment behind the others.
    pub fn push(&mut self, fragment: Bytes) {
        self.fragments.push(fragment);
    }

    /// All bytes in one place: the fragment itself if it is the only one, else a copy.
    pub fn into_bytes(mut self) -> Bytes {
        if self.fragments.len() == 1 {
            return self.fragments.remove(0);
        }
        let mut joined = BytesMut::with_capacity(self.len());
        self.fragments.iter().for_each(|fragment| joined.extend_from_slice(fragment));
        joined.freeze()
    }

    /// The part from `begin` to `end`, in bytes from the start; it shares its bytes with this body.
    pub(super) fn slice(&self, mut begin: usize, mut end: usize) -> Body {
        let mut part = Body::default();
        for fragment in &self.fragments {
            let range = begin.min(fragment.len())..end.min(fragment.len());
            begin -= range.start;
            end -= range.end;
            if !range.is_empty() {
                part.push(fragment.slice(range));
            }
        }
        part
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        Body { fragments: SmallVec::from_buf([bytes]) }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        self.len() == other.len() && self.fragments.iter().flatten().eq(other.fragments.iter().flatten())
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes in {} fragments)", self.len(), self.fragments.len())
    }
}
