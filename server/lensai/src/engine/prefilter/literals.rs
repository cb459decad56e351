//! Where the literal texts of a Python file are, without parsing it.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memchr;

/// Whether one of some texts may stand in a literal of a Python text: not only in comments, names and docstrings. It may say so too
/// often, never too seldom.
pub(super) fn may_say(text: &str, words: &AhoCorasick) -> bool {
    let mut hits = words.find_overlapping_iter(text).map(|hit| hit.start()).peekable();
    if hits.peek().is_none() {
        return false;
    }
    // What is not sure is taken for a literal.
    let Some(literals) = literals(text.as_bytes()) else { return true };
    hits.any(|at| {
        let next = literals.partition_point(|literal| literal.end <= at);
        literals.get(next).is_some_and(|literal| literal.start <= at)
    })
}

/// Where literals stand, in order; none when quotes and brackets are not what they seem.
fn literals(text: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    // Nothing but blanks came since a statement began.
    let mut begins = true;
    while let Some(byte) = text.get(at) {
        match byte {
            b'#' => {
                at = end_of_line(text, at);
                continue;
            }
            b'"' | b'\'' => {
                let quote = *byte;
                let prefix = prefix(text, at);
                let end = end_of_string(text, at, prefix.contains(&b'f') || prefix.contains(&b't'))?;
                // A string that is a statement says nothing.
                let is_statement = prefix.is_empty()
                    && begins
                    && depth == 0
                    && text.get(at..).is_some_and(|rest| rest.starts_with(&[quote; 3]))
                    && ends_statement(text, end);
                if !is_statement {
                    found.push(at..end);
                }
                begins = false;
                at = end;
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            b'\n' | b'\r' if depth == 0 => {
                // A line that is continued, with whichever line end.
                let line = before(text, at);
                begins = !line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\");
                at += 1;
                continue;
            }
            _ => {}
        }
        begins &= matches!(byte, b' ' | b'\t' | 0x0c);
        at += 1;
    }
    (depth == 0).then_some(found)
}

fn before(text: &[u8], at: usize) -> &[u8] {
    text.get(..at).unwrap_or(&[])
}

fn end_of_line(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or(&[]);
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(text.len(), |length| at + length)
}

/// The letters before a quote that say what the string is, in lower case.
fn prefix(text: &[u8], quote: usize) -> Vec<u8> {
    let letters = before(text, quote).iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let letters: Vec<u8> = letters.take(3).map(u8::to_ascii_lowercase).collect();
    if letters.len() <= 2 && letters.iter().all(|letter| b"rbuft".contains(letter)) { letters } else { Vec::new() }
}

/// The end of the string that begins at a quote. What stands in the holes of one that has such may have quotes of its own: then it is
/// not known.
fn end_of_string(text: &[u8], start: usize, has_holes: bool) -> Option<usize> {
    let quote = *text.get(start)?;
    let is_long = text.get(start..)?.starts_with(&[quote; 3]);
    let mut at = start + if is_long { 3 } else { 1 };
    let mut holes = 0_usize;
    loop {
        match *text.get(at)? {
            b'\\' => at += 1,
            b'\n' | b'\r' if !is_long => return None,
            b'{' if has_holes => holes += 1,
            b'}' if has_holes => holes = holes.saturating_sub(1),
            byte if byte == quote && (!is_long || text.get(at..at + 3) == Some(&[quote; 3])) => {
                return (holes == 0).then_some(at + if is_long { 3 } else { 1 });
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether nothing but a comment stands between a place and the end of its line.
fn ends_statement(text: &[u8], at: usize) -> bool {
    let line = text.get(at..end_of_line(text, at)).unwrap_or(&[]);
    let line = memchr(b'#', line).and_then(|comment| line.get(..comment)).unwrap_or(line);
    line.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> bool {
        AhoCorasick::new(["max_tokens", "/chat"]).is_ok_and(|words| may_say(text, &words))
    }

    #[test]
    fn literals_are_told_from_names_comments_and_docstrings() {
        for text in [
            "x = 1\n",
            "f(max_tokens=1)\n",
            "# it's \"max_tokens\"\nx = 'a'\n",
            "def f():\n    \"\"\"What /chat is given.\n\n    Its max_tokens.\"\"\"\n    return max_tokens\n",
            "'''max_tokens''' # \"\n",
            "x = f'{a}' + max_tokens\n",
            "x = 'it\\'s' + max_tokens\n",
        ] {
            assert!(!says(text), "{text}");
        }
        for text in [
            "x = {\"max_tokens\": 1}\n",
            "post(f'{base}/chat')\n",
            "x = '''a\n/chat'''\n",
            "f(\n'''/chat'''\n)\n",
            "x = \\\n'''/chat'''\n",
            "x = \\\r\n'''/chat'''\r\n",
            "'''/chat'''.join(x)\n",
            "f'''/chat'''\n",
            "x = rb'/chat'\n",
            // Nobody knows where what is not closed ends, or where a string in a hole does.
            "x = 'a\nmax_tokens\n",
            "x = (max_tokens\n",
            "x = f'{y['max_tokens']}'\n",
        ] {
            assert!(says(text), "{text}");
        }
    }
}
