//! Rust as text: enough to tell code from what is said about it, without a parser.

/// The code alone: comments and the contents of literals are blank. Lines and columns stay where they are.
pub fn without_comments_and_texts(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(char) = rest.chars().next() {
        let end = match char {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => text(rest),
            'r' if !ends_in_name(&out) => raw_text(rest).unwrap_or(0),
            '\'' => char_literal(rest).unwrap_or(0),
            _ => 0,
        };
        let (taken, after) = rest.split_at(if end == 0 { char.len_utf8() } else { end });
        if end == 0 {
            out.push_str(taken);
        } else {
            out.extend(taken.chars().map(|char| if char == '\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    out
}

/// The code without what is only compiled for tests: the items behind `#[cfg(test)]`, blank.
/// Takes code as [`without_comments_and_texts`] leaves it.
pub fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let (before, from) = rest.split_at(start);
        let (item, after) = from.split_at(end_of_item(from));
        out.push_str(before);
        out.extend(item.chars().map(|char| if char == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    out + rest
}

/// Where an item ends: behind its block, or behind the `;` of one that has none.
fn end_of_item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, char) in code.char_indices() {
        match char {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && char == '}' {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Whether a name occurs as a whole word.
pub fn has_word(code: &str, word: &str) -> bool {
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty()) {
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn text(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => {
                chars.next();
            }
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`; none for a raw name.
fn raw_text(rest: &str) -> Option<usize> {
    let hashes = rest.get(1..)?.chars().take_while(|char| *char == '#').count();
    let start = 1 + hashes + 1;
    rest.get(1 + hashes..)?.starts_with('"').then_some(())?;
    let end = format!("\"{}", "#".repeat(hashes));
    rest.get(start..).map(|inside| inside.find(&end).map_or(rest.len(), |at| start + at + end.len()))
}

/// `'x'`, `'\n'`, `'\u{1b}'`; none for a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next()?;
        return chars.find(|(_, char)| *char == '\'').map(|(at, _)| at + 1);
    }
    chars.next().filter(|(_, char)| *char == '\'').map(|(at, _)| at + 1)
}

fn ends_in_name(code: &str) -> bool {
    // `br"…"` is a text as well.
    code.chars().next_back().is_some_and(|char| (char.is_alphanumeric() && char != 'b') || char == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_and_the_rest_is_blank() {
        let table = [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("x\"y", z)"#, "f(      , z)"),
            ("r#\"a\"b\"#;", "        ;"),
            ("r#type + br\"x\"", "r#type + b    "),
            ("'{' + '\\'' + '\\u{1b}'", "    +      +         "),
            ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
        ];
        for (source, code) in table {
            assert_eq!(without_comments_and_texts(source).trim_end(), code.trim_end(), "{source}");
        }
    }

    #[test]
    fn tests_are_taken_out() {
        let code = "fn a() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n fn b() { c() }\n}\nfn d() {}";
        let left = without_tests(code);
        assert!(left.contains("fn a()") && left.contains("fn d()") && !left.contains("fn b()"), "{left}");
        assert_eq!(left.lines().count(), code.lines().count());
        assert!(!without_tests("#[cfg(test)]\nmod tests;\nfn a() {}").contains("mod"));
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use tree_sitter::Node;", "tree_sitter") && !has_word("tree_sitter_python::X", "tree_sitter"));
    }
}
