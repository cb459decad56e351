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
        .filter(|candidate| candidate.len() <= LONGEST && candidate.chars().count().abs_diff(wanted.len()) <= most)
        .filter_map(|candidate| Some((distance(&wanted, &candidate.to_ascii_lowercase(), most)?, candidate)))
        .collect();
    scored.sort_unstable();
    scored.dedup();
    scored.into_iter().map(|(_, candidate)| candidate).take(n).collect()
}

/// The candidate that a name is a slip of the hand away from: one or two edits, of which one is not a digit. What differs in digits
/// alone is another version, and may well be right.
pub(crate) fn slip<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const MOST: usize = 2;
    let name = name.trim().to_ascii_lowercase();
    let wanted: Vec<char> = name.chars().collect();
    if wanted.len() <= MOST * 2 || name.len() > LONGEST {
        return None;
    }
    let without_digits =
        |name: &str| name.replace(|char: char| char.is_ascii_digit() || char == '.', "").to_ascii_lowercase();
    let letters = without_digits(&name);
    let near = candidates.filter(|candidate| candidate.chars().count().abs_diff(wanted.len()) <= MOST);
    near.filter_map(|candidate| Some((distance(&wanted, &candidate.to_ascii_lowercase(), MOST)?, candidate)))
        .filter(|(distance, candidate)| *distance > 0 && without_digits(candidate) != letters)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements from one text to the other; none when they are more than `most`.
fn distance(a: &[char], b: &str, most: usize) -> Option<usize> {
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
        // Rows only grow.
        if row.iter().all(|cell| *cell > most) {
            return None;
        }
    }
    row.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_levenshtein() {
        let d = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), b, 3);
        assert_eq!([d("", ""), d("abc", ""), d("", "abc"), d("abc", "abc")], [Some(0), Some(3), Some(3), Some(0)]);
        let words = [d("kitten", "sitting"), d("gpt-4o", "gpt4o"), d("flaw", "lawn"), d("é", "e")];
        assert_eq!(words, [Some(3), Some(1), Some(2), Some(1)]);
        assert_eq!([d("abcd", "wxyz"), d("", "abcd")], [None, None]);
    }

    #[test]
    fn a_slip_is_not_another_version() {
        let names = ["gpt-4o", "gpt-4o-mini", "gpt-5.5", "claude-sonnet-4-5"];
        let slip = |name: &str| slip(name, names.into_iter());
        assert_eq!([slip("gpt4o"), slip("gpt-4o-mni")], [Some("gpt-4o"), Some("gpt-4o-mini")]);
        assert_eq!(slip("claude-sonet-4-5"), Some("claude-sonnet-4-5"));
        assert_eq!([slip("gpt-5.9"), slip("claude-sonnet-4-9"), slip("gpt-4o"), slip("o1"), slip("")], [None; 5]);
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
