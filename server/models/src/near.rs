//! Names near a name: "did you mean".

/// A name longer than this gets no suggestions: the work is its length times that of every candidate.
const LONGEST: usize = 96;

/// The `n` candidates nearest to a name, nearest first, equally near ones in the order of the alphabet. None is further away
/// than a third of the name's length (two edits at least).
pub(crate) fn near<'a>(name: &str, candidates: impl Iterator<Item = &'a str>, n: usize) -> Vec<&'a str> {
    let name = name.trim().to_ascii_lowercase();
    if name.is_empty() || name.len() > LONGEST {
        return Vec::new();
    }
    let most = (name.chars().count() / 3).max(2);
    let wanted: Vec<char> = name.chars().collect();
    let mut scored: Vec<(usize, &str)> = candidates
        .filter(|candidate| candidate.len() <= LONGEST && candidate.len().abs_diff(name.len()) <= most * 4)
        .map(|candidate| (distance(&wanted, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .collect();
    scored.sort_unstable();
    scored.dedup();
    scored.into_iter().map(|(_, candidate)| candidate).take(n).collect()
}

/// Insertions, deletions and replacements from one text to the other.
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, right) in b.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (at, left) in a.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or_default();
            let replaced = diagonal + usize::from(*left != right);
            let best = replaced.min(above + 1).min(before + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(at) {
                *cell = before;
            }
            before = best;
        }
        if let Some(cell) = row.last_mut() {
            *cell = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_levenshtein() {
        let d = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!([d("", ""), d("abc", ""), d("", "abc"), d("abc", "abc")], [0, 3, 3, 0]);
        assert_eq!([d("kitten", "sitting"), d("gpt-4o", "gpt4o"), d("flaw", "lawn"), d("é", "e")], [3, 1, 2, 1]);
    }

    #[test]
    fn suggestions_are_near_sorted_and_unique() {
        let names = ["gpt-4o", "gpt-4o-mini", "gpt-4", "claude-opus-5", "gpt-4o"];
        assert_eq!(near("gpt4o", names.into_iter(), 3), ["gpt-4o", "gpt-4"]);
        assert_eq!(near("GPT-4o-mni", names.into_iter(), 1), ["gpt-4o-mini"]);
        assert!(near("zzzzzzzzzzzz", names.into_iter(), 3).is_empty());
        assert!(near(&"x".repeat(10_000), names.into_iter(), 3).is_empty());
    }
}
