//! Bytes read from front to back; what is not there is `None`, whatever a length claims.

/// What has not been read yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'x> {
    rest: &'x [u8],
}

impl<'x> Cursor<'x> {
    pub(super) fn new(bytes: &'x [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Everything that is left.
    pub(super) fn rest(&self) -> &'x [u8] {
        self.rest
    }

    /// The next so many bytes, if they are there.
    pub(super) fn take(&mut self, count: usize) -> Option<&'x [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Passes over so many bytes, or to the end.
    pub(super) fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).and_then(|bytes| bytes.first().copied())
    }

    /// Two bytes, the low one first.
    pub(super) fn short(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    /// Four bytes, the low one first.
    pub(super) fn long(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// A length of four bytes, as a size.
    pub(super) fn length(&mut self) -> Option<usize> {
        self.long().and_then(|length| usize::try_from(length).ok())
    }
}
