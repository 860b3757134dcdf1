//! Changed situations as few rows as people can read, each of which says exactly which situations it means.

use crate::ruleset::column::{Column, Situation, WordIndex};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How many comparisons may be spent on making the rows of one group wider.
const WORK_MAX: usize = 30_000_000;

/// For each column the words that it may hold; nothing where it may hold any.
pub(super) type Cells = Vec<Option<BTreeSet<WordIndex>>>;

/// Situations of one kind, as rows over these columns.
pub(super) struct Rows {
    pub(super) columns: Vec<Column>,
    /// The cells of each row, and the situations of the group that it is the first to mean.
    pub(super) rows: Vec<(Cells, Vec<Situation>)>,
}

/// Rows that hold in every situation of the group and in no other one of those that were asked.
///
/// `columns` are all that is known in them, those first that may rather be left out.
pub(super) fn rows(group: &[Situation], asked: &[Situation], columns: &[Column]) -> Rows {
    let inside: HashSet<&Situation> = group.iter().collect();
    let outside: BTreeSet<Situation> =
        asked.iter().filter(|situation| !inside.contains(situation)).copied().collect();
    let (columns, outside) = telling(group, outside, columns);
    let single = |situation: &Situation| -> Cells {
        columns.iter().map(|&column| Some(situation.get(column).into_iter().collect())).collect()
    };
    let mut rows: BTreeSet<Cells> = group.iter().map(single).collect();
    for at in 0..columns.len() {
        rows = merged(rows, at);
    }
    let mut rows: Vec<Cells> = rows.into_iter().collect();
    if rows.len() * columns.len() * outside.len() <= WORK_MAX {
        for row in &mut rows {
            widen(row, &columns, &outside);
        }
        let wide: BTreeSet<Cells> = rows.into_iter().collect();
        rows = wide.into_iter().collect();
    }
    // the widest first, so that those that say nothing more are seen to
    let width = |row: &Cells| row.iter().flatten().count();
    rows.sort_by_key(width);
    let mut taken: BTreeMap<usize, Vec<Situation>> = BTreeMap::new();
    for situation in group {
        if let Some(at) = rows.iter().position(|row| means(row, &columns, situation)) {
            taken.entry(at).or_default().push(*situation);
        }
    }
    let rows = rows.into_iter().enumerate().filter_map(|(at, row)| Some((row, taken.remove(&at)?))).collect();
    Rows { columns, rows }
}

/// The columns that are needed to tell the group from all others, and the others as these columns show them.
fn telling(
    group: &[Situation],
    mut outside: BTreeSet<Situation>,
    columns: &[Column],
) -> (Vec<Column>, Vec<Situation>) {
    let mut kept = columns.to_vec();
    for column in columns {
        let fewer: Vec<Column> = kept.iter().copied().filter(|other| other != column).collect();
        let seen: HashSet<Situation> = group.iter().map(|situation| situation.only(&fewer)).collect();
        let others: BTreeSet<Situation> = outside.iter().map(|situation| situation.only(&fewer)).collect();
        if !others.iter().any(|situation| seen.contains(situation)) {
            (kept, outside) = (fewer, others);
        }
    }
    kept.sort_unstable();
    (kept, outside.into_iter().collect())
}

/// Rows that differ in one cell become one.
fn merged(rows: BTreeSet<Cells>, at: usize) -> BTreeSet<Cells> {
    let mut alike: BTreeMap<Cells, BTreeSet<WordIndex>> = BTreeMap::new();
    for mut row in rows {
        let words = row.get_mut(at).and_then(Option::take).unwrap_or_default();
        alike.entry(row).or_default().extend(words);
    }
    let whole = |(mut row, words): (Cells, BTreeSet<WordIndex>)| {
        if let Some(cell) = row.get_mut(at) {
            *cell = Some(words);
        }
        row
    };
    alike.into_iter().map(whole).collect()
}

/// Empties every cell without which the row still means none of the others.
fn widen(row: &mut Cells, columns: &[Column], outside: &[Situation]) {
    for at in 0..columns.len() {
        let Some(cell) = row.get_mut(at).and_then(Option::take) else { continue };
        if outside.iter().any(|situation| means(row, columns, situation))
            && let Some(place) = row.get_mut(at)
        {
            *place = Some(cell);
        }
    }
}

/// Whether the situation is one of the row's.
pub(super) fn means(row: &Cells, columns: &[Column], situation: &Situation) -> bool {
    row.iter().zip(columns).all(|(cell, &column)| {
        cell.as_ref().is_none_or(|words| situation.get(column).is_some_and(|word| words.contains(&word)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [Column::IsPerson, Column::IsUser, Column::State];

    fn situation([person, user, state]: [u16; 3]) -> Situation {
        let mut situation = Situation::default();
        for (column, word) in COLUMNS.into_iter().zip([person, user, state]) {
            situation.set(column, word);
        }
        situation
    }

    #[test]
    fn rows_mean_the_group_and_nothing_else() {
        let all: Vec<Situation> = (0..12).map(|n| situation([n & 1, n >> 1 & 1, n >> 2])).collect();
        // every group of the twelve
        for bits in 1_u32..1 << 12 {
            let group: Vec<Situation> = (0..12).filter(|at| bits >> at & 1 == 1).map(|at| all[at]).collect();
            let rows = rows(&group, &all, &COLUMNS);
            let meant: Vec<Situation> = all
                .iter()
                .filter(|situation| rows.rows.iter().any(|(cells, _)| means(cells, &rows.columns, situation)))
                .copied()
                .collect();
            assert_eq!(meant, group);
            assert_eq!(rows.rows.iter().map(|(_, taken)| taken.len()).sum::<usize>(), group.len());
        }
    }

    #[test]
    fn columns_that_tell_nothing_are_left_out() {
        let all: Vec<Situation> = (0..12).map(|n| situation([n & 1, n >> 1 & 1, n >> 2])).collect();
        let group: Vec<Situation> =
            all.iter().filter(|situation| situation.get(Column::State) != Some(0)).copied().collect();
        let rows = rows(&group, &all, &COLUMNS);
        assert_eq!(rows.columns, [Column::State]);
        let cells: Vec<Cells> = rows.rows.into_iter().map(|(cells, _)| cells).collect();
        assert_eq!(cells, [vec![Some(BTreeSet::from([1, 2]))]]);
    }
}
