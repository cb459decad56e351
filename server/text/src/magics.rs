//! What `IPython` understands and Python does not, made blank.
//!
//! Blanks are as long as what they replace, so that offsets stay.

/// Cell magics whose body is Python.
const PYTHON_BODIES: [&str; 3] = ["time", "timeit", "capture"];

/// The source of a cell without magics, shell commands and requests for help.
pub(crate) fn blanked(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut scanner = Scanner::default();
    let mut is_first = true;
    // A magic goes on after a backslash, as a statement does.
    let mut in_magic = false;
    for line in lines(source) {
        let code = line.trim_end_matches(['\r', '\n']);
        if is_first && !code.trim().is_empty() {
            is_first = false;
            if let Some(magic) = code.trim_start().strip_prefix("%%") {
                let name = magic.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').next();
                if !name.is_some_and(|name| PYTHON_BODIES.contains(&name)) {
                    out.push_str(&blank(source.get(out.len()..).unwrap_or_default()));
                    return out;
                }
                out.push_str(&blank(line));
                continue;
            }
        }
        if in_magic {
            in_magic = code.ends_with('\\');
            out.push_str(&blank(line));
        } else if scanner.at_statement() {
            match magic(code) {
                Magic::None => {
                    scanner.scan(code);
                    out.push_str(line);
                }
                Magic::Line => {
                    in_magic = code.ends_with('\\');
                    out.push_str(&blank(line));
                }
                Magic::Before(end) => {
                    let (before, after) = line.split_at_checked(end).unwrap_or((line, ""));
                    out.push_str(&blank(before));
                    scanner.scan(after.trim_end_matches(['\r', '\n']));
                    out.push_str(after);
                }
            }
        } else {
            scanner.scan(code);
            out.push_str(line);
        }
    }
    out
}

/// Lines with their ends: LF, CRLF or CR.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = match rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r')) {
            Some(at) if rest.get(at..).is_some_and(|end| end.starts_with("\r\n")) => at + 2,
            Some(at) => at + 1,
            None => rest.len(),
        };
        let (line, after) = rest.split_at_checked(end)?;
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

/// Spaces for all but the line ends.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }).collect()
}

enum Magic {
    None,
    /// The whole line.
    Line,
    /// The line up to here: what follows is Python.
    Before(usize),
}

/// What a line is that begins a statement.
fn magic(line: &str) -> Magic {
    let code = line.trim_start();
    match code.as_bytes() {
        [b'%', rest @ ..] => {
            let name_len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
            let name = code.get(1..=name_len).unwrap_or_default();
            if matches!(name, "time" | "timeit") {
                let after = code.get(1 + name_len..).unwrap_or_default();
                let statement = skip_options(after);
                return if statement.is_empty() { Magic::Line } else { Magic::Before(line.len() - statement.len()) };
            }
            Magic::Line
        }
        [b'!' | b'?', ..] => Magic::Line,
        _ if is_help(code) || assigns_magic(code) => Magic::Line,
        _ => Magic::None,
    }
}

/// `-n 10 -r3 -q statement` → `statement`
fn skip_options(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(option) = rest.strip_prefix('-') {
        // `-1` is no option but a statement, of no use.
        let Some(letter) = option.chars().next().filter(char::is_ascii_alphabetic) else { break };
        let word = option.split_whitespace().next().unwrap_or_default();
        rest = option.get(word.len()..).unwrap_or_default().trim_start();
        if word.len() == 1 && matches!(letter, 'n' | 'r' | 'p') {
            let value = rest.split_whitespace().next().unwrap_or_default();
            if value.bytes().all(|byte| byte.is_ascii_digit()) {
                rest = rest.get(value.len()..).unwrap_or_default().trim_start();
            }
        }
    }
    rest
}

/// `name?`, `a.b??`
fn is_help(code: &str) -> bool {
    let Some(name) = code.trim_end().strip_suffix('?') else { return false };
    name.chars().all(|char| char.is_alphanumeric() || "_.*?%[]".contains(char))
}

/// `x = !command`, `a, b = %magic`
fn assigns_magic(code: &str) -> bool {
    let Some((target, value)) = code.split_once('=') else { return false };
    value.trim_start().starts_with(['!', '%'])
        && target.chars().all(|char| char.is_alphanumeric() || "_., \t[]*".contains(char))
}

/// Knows where statements begin: not in brackets, not in strings, not after a backslash.
#[derive(Default)]
struct Scanner {
    depth: u32,
    /// The quote of the open string, and whether it is tripled.
    string: Option<(u8, bool)>,
    continued: bool,
}

impl Scanner {
    fn at_statement(&self) -> bool {
        self.depth == 0 && self.string.is_none() && !self.continued
    }

    /// Goes over a line without its end.
    fn scan(&mut self, line: &str) {
        self.continued = false;
        let bytes = line.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let tripled = bytes.get(at..at + 3).is_some_and(|three| three.iter().all(|other| other == byte));
            at += 1;
            match (self.string, byte) {
                (_, b'\\') => {
                    self.continued = at == bytes.len();
                    at += 1;
                }
                (Some((quote, true)), byte) if quote == *byte && tripled => {
                    self.string = None;
                    at += 2;
                }
                (Some((quote, false)), byte) if quote == *byte => self.string = None,
                (None, b'"' | b'\'') => {
                    self.string = Some((*byte, tripled));
                    at += if tripled { 2 } else { 0 };
                }
                (None, b'#') => break,
                (None, b'(' | b'[' | b'{') => self.depth += 1,
                (None, b')' | b']' | b'}') => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        if matches!(self.string, Some((_, false))) && !self.continued {
            self.string = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn becomes(source: &str, expected: &str) {
        let out = blanked(source);
        assert_eq!(out.len(), source.len(), "{out:?}");
        let shown: Vec<&str> = out.lines().map(str::trim_end).collect();
        assert_eq!(shown.join("\n"), expected);
    }

    #[test]
    fn python_stays() {
        for source in
            ["", "x = a % b\n", "x = (a\n%b)", "p = '''\n!Important\n%d\n'''", "y = 'a\\\n%b'", "a = b \\\n  % c"]
        {
            assert_eq!(blanked(source), source);
        }
    }

    #[test]
    fn line_magics() {
        becomes("%pip install é\nx = 1\n  !ls (\ny", "\nx = 1\n\ny");
        becomes("?help\nlen?\nx.y??\na", "\n\n\na");
        becomes("x = !ls\na, b = %magic c\ny = z", "\n\ny = z");
        becomes("!pip install \\\n  a \\\n  b\nx", "\n\n\nx");
        becomes("%time x = f(\n1)\n%timeit -n 10 -r3 g()\n%time\ny", "      x = f(\n1)\n                  g()\n\ny");
        becomes("%%notfirst\nx", "\n");
        becomes("x\n%%time\ny", "x\n\ny");
    }

    #[test]
    fn cell_magics() {
        becomes("\n%%time\nx = 1", "\n\nx = 1");
        becomes("%%timeit -n 3 setup()\r\nx = 1", "\nx = 1");
        becomes("%%capture out\n%%html\nx", "\n\nx");
        becomes("%%bash\nx = 1\r\ncurl 'é", "\n\n");
        becomes("%%timer\nx", "\n");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn lengths_and_lines_stay(source in "[%!?=a\\\\'\"()\n\r é-]{0,40}") {
            let out = blanked(&source);
            prop_assert_eq!(out.len(), source.len());
            for (before, after) in source.bytes().zip(out.bytes()) {
                prop_assert!(before == after || after == b' ');
            }
        }
    }
}
