//! How much of a mail is read.

/// Bounds on reading a mail; whatever is beyond them is left out and listed as a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most MIME parts.
    pub parts_max: usize,
    /// The deepest nesting of parts.
    pub depth_max: usize,
    /// The most header bytes, at the top and of each part.
    pub header_bytes_max: usize,
    /// The most header fields, at the top and of each part.
    pub header_fields_max: usize,
    /// The most bytes of one text body that are kept.
    pub text_bytes_max: usize,
    /// The most bytes of HTML that are kept as HTML; of longer ones the text is kept.
    pub html_bytes_max: usize,
    /// The deepest nesting of elements that is kept as HTML; of deeper ones the text is kept.
    pub html_depth_max: usize,
    /// The most bytes of all attached files together, decoded.
    pub decoded_bytes_max: u64,
}

impl Limits {
    /// More HTML than this is never made a tree of.
    pub const HTML_BYTES_MAX: usize = 4 << 20;
    /// Deeper HTML than this is never made a tree of.
    pub const HTML_DEPTH_MAX: usize = 512;
}

impl Default for Limits {
    /// What no honest mail exceeds.
    fn default() -> Self {
        Self {
            parts_max: 1_000,
            depth_max: 100,
            header_bytes_max: 1 << 20,
            header_fields_max: 10_000,
            text_bytes_max: 1 << 20,
            html_bytes_max: 1 << 20,
            html_depth_max: 256,
            decoded_bytes_max: 256 << 20,
        }
    }
}
