//! What kind of text a text is: a cheap guess, because the ratio between two vocabularies depends on it.
//!
//! The kinds are those that the ratios were measured for. The guess looks at no more than the first 32 KiB.

/// How much of a text is looked at, in bytes.
const WINDOW: usize = 32 * 1024;

/// A kind of text, as far as token ratios care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// English prose.
    English,
    /// Markdown: prose with headings, lists, tables, fences.
    Markdown,
    /// Python source.
    Python,
    /// Rust source.
    Rust,
    /// TypeScript or JavaScript source.
    TypeScript,
    /// JSON.
    Json,
    /// Chinese.
    Chinese,
    /// Japanese.
    Japanese,
    /// The Latin script, but none of the kinds above.
    Latin,
    /// Latin and Chinese or Japanese together.
    Mixed,
    /// A script for which no ratio was measured.
    OtherScript,
}

/// What the ratios need to know of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Traits {
    pub(crate) kind: Kind,
    /// Unicode scalar values in the part looked at.
    pub(crate) chars: u64,
    /// Chinese and Japanese letters per hundred letters.
    pub(crate) cjk_percent: u64,
}

impl Kind {
    /// The kind of a text. The same text always has the same kind.
    pub fn of(text: &str) -> Self {
        Traits::of(text).kind
    }
}

impl Traits {
    pub(crate) fn of(text: &str) -> Self {
        let head = text.get(..text.floor_char_boundary(WINDOW)).unwrap_or(text);
        let letters = Letters::of(head);
        let cjk_percent = letters.percent(letters.han + letters.kana);
        let kind = if letters.percent(letters.other) > 20 {
            Kind::OtherScript
        } else if cjk_percent > 50 {
            // Japanese without kana is too short to be told from Chinese; a text of any length has some.
            if letters.kana * 10 > letters.han { Kind::Japanese } else { Kind::Chinese }
        } else if cjk_percent > 10 {
            Kind::Mixed
        } else if letters.percent(letters.accented) > 2 {
            // French or German: in Latin letters, but not the English that was measured.
            Kind::Latin
        } else {
            latin(head, &letters)
        };
        Self { kind, chars: letters.chars, cjk_percent }
    }
}

/// How many characters of each sort a text has.
#[derive(Debug, Default)]
struct Letters {
    chars: u64,
    ascii: u64,
    accented: u64,
    han: u64,
    kana: u64,
    other: u64,
    blank: u64,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self::default();
        for c in text.chars() {
            letters.chars += 1;
            match c {
                'a'..='z' | 'A'..='Z' => letters.ascii += 1,
                ' ' | '\n' | '\r' | '\t' => letters.blank += 1,
                '\0'..='\u{7f}' => {}
                '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => letters.kana += 1,
                '\u{3400}'..='\u{4dbf}'
                | '\u{4e00}'..='\u{9fff}'
                | '\u{f900}'..='\u{faff}'
                | '\u{20000}'..='\u{3ffff}' => {
                    letters.han += 1;
                }
                '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => letters.accented += 1,
                _ if c.is_alphabetic() => letters.other += 1,
                _ => {}
            }
        }
        letters
    }

    fn percent(&self, part: u64) -> u64 {
        let all = self.ascii + self.accented + self.han + self.kana + self.other;
        part * 100 / all.max(1)
    }
}

fn latin(text: &str, letters: &Letters) -> Kind {
    if is_json(text) {
        return Kind::Json;
    }
    let lines = Lines::of(text);
    let code = [(lines.python, Kind::Python), (lines.rust, Kind::Rust), (lines.typescript, Kind::TypeScript)];
    // The last of equals wins in `max_by_key`; the order is fixed, so the answer is too.
    if let Some((score, kind)) = code.into_iter().max_by_key(|(score, _)| *score)
        && score * 4 >= lines.all
        && score > 1
    {
        return kind;
    }
    if lines.markdown * 6 >= lines.all && lines.markdown > 0 {
        return Kind::Markdown;
    }
    // Prose is letters and blanks with a little punctuation; logs, tables and CSV are not.
    if letters.chars > 0 && (letters.ascii + letters.blank) * 100 / letters.chars >= 88 {
        Kind::English
    } else {
        Kind::Latin
    }
}

/// Starts and ends like JSON, and has a quoted key near the start or is a list.
fn is_json(text: &str) -> bool {
    let trimmed = text.trim();
    let keyed = || trimmed.contains("\":") || trimmed.contains("\" :");
    // The end is not looked at when the window may have cut it off.
    let closed = |close: char| text.len() + 4 > WINDOW || trimmed.ends_with(close);
    (trimmed.starts_with('{') && closed('}') && keyed())
        || (trimmed.starts_with("[{") && closed(']') && keyed())
        || (trimmed.starts_with("[\"") && closed(']'))
}

/// How many lines of a text show a mark of each language.
#[derive(Debug, Default)]
struct Lines {
    all: u64,
    python: u64,
    rust: u64,
    typescript: u64,
    markdown: u64,
}

impl Lines {
    fn of(text: &str) -> Self {
        const MOST: usize = 400;
        let mut lines = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST) {
            lines.all += 1;
            lines.python += u64::from(is_python(line));
            lines.rust += u64::from(is_rust(line));
            lines.typescript += u64::from(is_typescript(line));
            lines.markdown += u64::from(is_markdown(line));
        }
        lines
    }
}

fn starts_with_any(line: &str, marks: &[&str]) -> bool {
    marks.iter().any(|mark| line.starts_with(mark))
}

fn contains_any(line: &str, marks: &[&str]) -> bool {
    marks.iter().any(|mark| line.contains(mark))
}

fn is_python(line: &str) -> bool {
    let block = line.ends_with(':')
        && starts_with_any(
            line,
            &["def ", "class ", "if ", "elif ", "else:", "for ", "while ", "try:", "except", "with ", "async def "],
        );
    let import = line.starts_with("import ") && !line.contains(['"', '\'', ';', '{'])
        || line.starts_with("from ") && line.contains(" import ");
    block
        || import
        || starts_with_any(line, &["@", "self.", "raise ", "\"\"\""])
        || line.contains("self.") && !line.ends_with([';', '{'])
}

fn is_rust(line: &str) -> bool {
    starts_with_any(
        line,
        &[
            "fn ", "pub ", "impl ", "impl<", "use ", "let mut ", "mod ", "#[", "match ", "enum ", "struct ", "//!",
            "///",
        ],
    ) && !line.ends_with('.')
        || line.contains("::") && line.ends_with([';', '{', ')', ','])
        || contains_any(line, &["&mut ", ".unwrap()", ") -> "]) && line.ends_with([';', '{'])
}

fn is_typescript(line: &str) -> bool {
    starts_with_any(
        line,
        &[
            "const ",
            "export ",
            "function ",
            "async function ",
            "interface ",
            "var ",
            "import {",
            "import * ",
            "} from ",
            "return (",
        ],
    ) || line.starts_with("let ") && line.contains(" = ") && !line.contains("::")
        || contains_any(line, &[" => ", "===", "!==", "await new ", "console."])
        || line.starts_with("import ") && line.ends_with([';', '\'', '"'])
        || matches!(line, "});" | "})" | "};")
}

fn is_markdown(line: &str) -> bool {
    let numbered = line.split_once(". ").is_some_and(|(number, _)| {
        number.len() < 3 && number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty()
    });
    numbered
        || starts_with_any(
            line,
            &["# ", "## ", "### ", "#### ", "- ", "* ", "> ", "```", "| ", "**", "![", "+ ", "---"],
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let table = [
            (
                Kind::English,
                "You are a patient assistant. Answer the customer's question in two short sentences, and never promise a refund.",
            ),
            (
                Kind::Markdown,
                "# Task\n\nSummarise the ticket.\n\n## Rules\n\n- Be brief\n- Cite the source\n1. First read all of it",
            ),
            (
                Kind::Python,
                "import os\nfrom pathlib import Path\n\nclass Reader:\n    def __init__(self, path):\n        self.path = path\n\n    def read(self):\n        return self.path.read_text()\n",
            ),
            (
                Kind::Rust,
                "use std::fmt;\n\npub struct Span {\n    start: u32,\n}\n\nimpl Span {\n    pub fn len(&self) -> u32 {\n        self.end - self.start\n    }\n}\n",
            ),
            (
                Kind::TypeScript,
                "import { readFile } from 'node:fs';\n\nexport const load = async (path: string) => {\n  const text = await read(path);\n  return text;\n};\n",
            ),
            (Kind::Json, "{\"name\": \"get_weather\", \"parameters\": {\"type\": \"object\"}}"),
            (Kind::Json, "[{\"role\": \"user\"}]"),
            (Kind::Chinese, "请用一句话总结下面的文章，并列出三个关键点。"),
            (Kind::Japanese, "次の文章を一文で要約し、重要な点を三つ挙げてください。"),
            (Kind::Mixed, "Translate the following sentence to English: 请用一句话总结下面的文章，好吗"),
            (Kind::OtherScript, "Кратко перескажи следующий текст и назови три главных мысли."),
            (Kind::OtherScript, "다음 글을 한 문장으로 요약해 주세요."),
            (Kind::Latin, "Résumez l'article suivant en une phrase très brève, et citez-en les idées clés à la fin."),
            (Kind::Latin, "17;23;;9982;12.5;-;0x1f;[3];{9}"),
            (Kind::Latin, ""),
            (Kind::Latin, "\0\0\0"),
        ];
        for (kind, text) in table {
            assert_eq!(Kind::of(text), kind, "{text}");
        }
    }

    #[test]
    fn only_the_head_of_a_long_text_is_looked_at() {
        let long = "é".repeat(WINDOW);
        assert_eq!(Traits::of(&long).chars, (WINDOW / 2) as u64);
        assert_eq!(Kind::of(&format!("{}{}", "plain words ".repeat(4000), "请".repeat(100_000))), Kind::English);
    }
}
