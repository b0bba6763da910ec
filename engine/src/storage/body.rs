//! A block's payload as it arrived.
use bytes::Bytes;
use smallvec::SmallVec;

/// Fragments of a block.
#[derive(Clone, Debug, Default)]
pub struct Body {
    fragments: SmallVec<[Bytes; 1]>,
}

impl Body {
    /// Bytes in all fragments.
    pub fn len(&self) -> usize {
        self.fragments.iter().map(Bytes::len).sum()
    }
    /// No bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// In order.
    pub fn fragments(&self) -> &[Bytes] {
        &self.fragments
    }
    /// Adds a fragment behind the others.
    pub fn push(&mut self, fragment: Bytes) {
        self.fragments.push(fragment);
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        Body { fragments: SmallVec::from_buf([bytes]) }
    }
}
