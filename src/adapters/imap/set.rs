//! Sets of UIDs as commands name them: `1:3,7`.

/// The longest set in one command; servers take lines of 8,192 bytes (RFC 7162 §4).
const SET_BYTES_MAX: usize = 4_000;

/// These UIDs as sets that name exactly them: a range joins only what follows one another without a gap.
pub(super) fn sets(uids: impl IntoIterator<Item = u32>) -> Vec<String> {
    let mut uids: Vec<u32> = uids.into_iter().collect();
    uids.sort_unstable();
    uids.dedup();
    let mut sets: Vec<String> = Vec::new();
    let mut rest = uids.as_slice();
    while let Some((&first, _)) = rest.split_first() {
        let length = rest.iter().zip(first..=u32::MAX).take_while(|(uid, expected)| *uid == expected).count();
        let (run, after) = rest.split_at(length);
        rest = after;
        let range = match run.last() {
            Some(&last) if last > first => format!("{first}:{last}"),
            _ => first.to_string(),
        };
        match sets.last_mut() {
            Some(set) if set.len() + range.len() < SET_BYTES_MAX => {
                set.push(',');
                set.push_str(&range);
            }
            _ => sets.push(range),
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_names_exactly_its_uids() {
        assert_eq!(sets([]), Vec::<String>::new());
        assert_eq!(sets([9, 1, 3, 2, 3, 7]), ["1:3,7,9"]);
        assert_eq!(sets([u32::MAX, u32::MAX - 1]), ["4294967294:4294967295"]);
        let many = sets((0..10_000).map(|n| n * 2 + 1));
        assert!(many.len() > 1 && many.iter().all(|set| set.len() <= SET_BYTES_MAX));
        assert_eq!(many.iter().flat_map(|set| set.split(',')).count(), 10_000);
    }
}
