//! An input taken as a list of decisions.

/// Takes bytes from the front, and zeros when there are no more.
pub struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of this input.
    pub fn new(input: &'a [u8]) -> Reader<'a> {
        Reader { left: input }
    }

    /// Whether there is nothing left to decide.
    pub fn is_at_end(&self) -> bool {
        self.left.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let byte = self.left.first().copied().unwrap_or_default();
        self.left = self.left.get(1..).unwrap_or_default();
        byte
    }

    /// The next two bytes as a number.
    pub fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// A number and that many bytes, or what is left of them.
    pub fn bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.left.len());
        let (bytes, left) = self.left.split_at(length);
        self.left = left;
        bytes
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }
}
