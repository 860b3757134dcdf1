//! Paragraphs in the cells of a table, whose end says nothing where the cell ends with it.

use super::element::Element;
use super::pieces::Tag;

/// Where HTML stands that is being written, as far as that is certain whatever stands before it.
///
/// A table begins wherever its tag stands; within it only what follows in due order leaves no doubt. All else is nowhere, since a
/// tag may mean something else there, or nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// That is not certain.
    #[default]
    Anywhere,
    /// In a table, and in no row.
    Table,
    /// In a row, and in no cell.
    Row,
    /// In a cell of this kind, and in no paragraph.
    Cell(Element),
    /// In a paragraph that stands right in a cell of this kind.
    Paragraph(Element),
}

impl Standing {
    /// Whether a `</p>` that was written last ended a paragraph, and the next tag ends its cell without it.
    pub(super) fn is_at_end_of_cell(self) -> bool {
        matches!(self, Self::Row | Self::Cell(_))
    }

    /// Goes on behind a text.
    pub(super) fn behind_text(self, text: &str) -> Self {
        match self {
            // it would be moved out of the table
            Self::Table | Self::Row if !text.trim_ascii().is_empty() => Self::Anywhere,
            same => same,
        }
    }

    /// Goes on behind a tag.
    pub(super) fn behind(self, tag: &Tag<'_>) -> Self {
        const CELLS: [Element; 2] = [Element::TD, Element::TH];
        match (self, tag.element, tag.is_end) {
            (_, Element::TABLE, false)
            | (Self::Table | Self::Row, Element::TBODY | Element::THEAD, _)
            | (Self::Row | Self::Cell(_) | Self::Paragraph(_), Element::TR, true) => Self::Table,
            (Self::Anywhere, ..) => Self::Anywhere,
            (_, Element::TR, false) => Self::Row,
            (Self::Row | Self::Cell(_) | Self::Paragraph(_), kind, false) if CELLS.contains(&kind) => {
                Self::Cell(kind)
            }
            (Self::Cell(kind) | Self::Paragraph(kind), ended, true) if kind == ended => Self::Row,
            (Self::Cell(kind) | Self::Paragraph(kind), Element::P, false) => Self::Paragraph(kind),
            (Self::Paragraph(kind), Element::P, true) => Self::Cell(kind),
            (Self::Paragraph(kind), within, _) if stays_within(within) => Self::Paragraph(kind),
            _ => Self::Anywhere,
        }
    }
}

/// Whether no tag of this element ends the paragraph that it stands in.
fn stays_within(element: Element) -> bool {
    element.is_formatting() || matches!(element, Element::SPAN | Element::BR | Element::IMG)
}

#[cfg(test)]
mod tests {
    use super::super::pieces::{Piece, Pieces};
    use super::*;

    #[test]
    fn only_what_follows_in_due_order_is_certain() {
        let (td, th) = (Element::TD, Element::TH);
        for (html, expected) in [
            ("<table>", Standing::Table),
            ("<table> <tbody> <tr>", Standing::Row),
            ("<table><tr><td>a", Standing::Cell(td)),
            ("<table><tr><td>a<p>b <b>c</b><br>", Standing::Paragraph(td)),
            ("<table><tr><td><p>a</p>", Standing::Cell(td)),
            ("<table><tr><td><p>a</td>", Standing::Row),
            ("<table><tr><td><p>a<th>", Standing::Cell(th)),
            ("<table><tr><td>a</td></tr> <tr>", Standing::Row),
            ("<td><p>", Standing::Anywhere),
            ("<table><td>", Standing::Anywhere),
            ("<table>a<tr>", Standing::Anywhere),
            ("<table><tr>a<td>", Standing::Anywhere),
            ("<table><tr><td></p>", Standing::Anywhere),
            ("<table><tr><td>a</th>", Standing::Anywhere),
            ("<table><tr><td><b>", Standing::Anywhere),
            ("<table><tr><td><p><div>", Standing::Anywhere),
            ("<table><tr><td></table>", Standing::Anywhere),
        ] {
            let found = Pieces::of(html).fold(Standing::default(), |standing, piece| match piece {
                Piece::Text(text) => standing.behind_text(text),
                Piece::Tag(tag) => standing.behind(&tag),
            });
            assert_eq!(found, expected, "{html}");
        }
    }
}
