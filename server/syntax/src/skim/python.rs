//! Imports of Python: the word `import` where a statement begins, or behind `from module`; a module that is loaded by its name
//! (`importlib.import_module("a")`, `__import__("a")`).

use memchr::memmem;

use super::scan::{MAX_MODULE, Scan, add, is_identifier};
use super::{ImportForm, SkimImport};

pub(super) fn imports(bytes: &[u8], imports: &mut Vec<SkimImport>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for at in memmem::find_iter(bytes, b"import") {
        let (before, after) = (bytes.get(..at).unwrap_or(&[]), at + b"import".len());
        if let Some(module) = loaded(bytes, after) {
            add(imports, module, b"", ImportForm::Module);
            continue;
        }
        let is_word =
            !before.last().is_some_and(|byte| is_name(*byte)) && !bytes.get(after).is_some_and(|byte| is_name(*byte));
        if !is_word {
            continue;
        }
        let scan = Scan { bytes, at: after };
        let before = trim_end(before);
        if begins_statement(before) {
            modules(scan, imports);
        } else if let Some(package) = package(before) {
            names(scan, &package, imports);
        }
    }
}

/// The module in the string of `import_module("a")` or `__import__("a")`, of which `import` ends here.
fn loaded(bytes: &[u8], after: usize) -> Option<&[u8]> {
    let mut scan = Scan { bytes, at: after };
    if !scan.eat(b"_module") && !scan.eat(b"__") {
        return None;
    }
    skip_blanks(&mut scan, true);
    if !scan.eat(b"(") {
        return None;
    }
    skip_blanks(&mut scan, true);
    let quote = scan.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
    scan.at += 1;
    let module = scan.take(|byte| is_name(byte) || byte == b'.');
    (!module.is_empty() && scan.peek() == Some(quote)).then_some(module)
}

/// Python's identifiers may hold any letter.
fn is_name(byte: u8) -> bool {
    is_identifier(byte) || byte >= 0x80
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0c | b'\\')
}

/// Without blanks and continued line ends at the end.
fn trim_end(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = match bytes {
            [rest @ .., b' ' | b'\t' | 0x0c] | [rest @ .., b'\\', b'\n' | b'\r'] | [rest @ .., b'\\', b'\r', b'\n'] => {
                rest
            }
            _ => return bytes,
        };
    }
}

fn begins_statement(before: &[u8]) -> bool {
    matches!(before, [] | [.., b'\n' | b'\r' | b';' | b':'])
}

/// `module` of `from module` at the end; blanks may stand between its dots and names.
fn package(before: &[u8]) -> Option<Vec<u8>> {
    let mut module = Vec::new();
    let mut rest = before;
    loop {
        let start = rest.iter().rev().take(MAX_MODULE).position(|byte| !is_name(*byte) && *byte != b'.');
        let (head, piece) = rest.split_at(start.map_or(0, |len| rest.len() - len));
        if piece.is_empty() {
            return None;
        }
        if piece == b"from" {
            break;
        }
        // `from.a import b`
        if let Some(dotted) = piece.strip_prefix(b"from").filter(|dotted| dotted.first() == Some(&b'.')) {
            module.splice(0..0, dotted.iter().copied());
            break;
        }
        module.splice(0..0, piece.iter().copied());
        rest = trim_end(head);
        // Two names side by side are prose: `Please do import …`.
        if module.len() > MAX_MODULE || (!piece.starts_with(b".") && !ends_in(rest, b"from") && !rest.ends_with(b".")) {
            return None;
        }
    }
    (!module.is_empty()).then_some(module)
}

fn ends_in(bytes: &[u8], word: &[u8]) -> bool {
    bytes.strip_suffix(word).is_some_and(|head| !head.last().is_some_and(|byte| is_name(*byte)))
}

/// `a.b as c, d`
fn modules(mut scan: Scan<'_>, imports: &mut Vec<SkimImport>) {
    loop {
        skip_blanks(&mut scan, false);
        let module = scan.take(|byte| is_name(byte) || byte == b'.');
        if module.is_empty() {
            return;
        }
        add(imports, module, b"", ImportForm::Module);
        if !comma(&mut scan, false) {
            return;
        }
    }
}

/// `a as b, c`, or `(a, b)` over several lines, or `*`.
fn names(mut scan: Scan<'_>, package: &[u8], imports: &mut Vec<SkimImport>) {
    skip_blanks(&mut scan, false);
    let form = if scan.peek() == Some(b'*') { ImportForm::All } else { ImportForm::Package };
    add(imports, package, b"", form);
    let in_parentheses = scan.eat(b"(");
    loop {
        skip_blanks(&mut scan, in_parentheses);
        let name = scan.take(is_name);
        if name.is_empty() {
            return;
        }
        add(imports, package, name, ImportForm::Name);
        if !comma(&mut scan, in_parentheses) {
            return;
        }
    }
}

/// Steps over `as name` and a comma; false if there is no comma.
fn comma(scan: &mut Scan<'_>, over_lines: bool) -> bool {
    skip_blanks(scan, over_lines);
    if scan.eat(b"as") {
        skip_blanks(scan, over_lines);
        scan.take(is_name);
        skip_blanks(scan, over_lines);
    }
    scan.eat(b",")
}

fn skip_blanks(scan: &mut Scan<'_>, over_lines: bool) {
    loop {
        scan.take(is_blank);
        match scan.peek() {
            Some(b'\n' | b'\r') if over_lines || is_continued(scan) => scan.at += 1,
            Some(b'#') if over_lines => scan.skip_line(),
            _ => return,
        }
    }
}

/// Whether the line end here is behind a backslash.
fn is_continued(scan: &Scan<'_>) -> bool {
    let before = scan.bytes.get(..scan.at).unwrap_or(&[]);
    matches!(before, [.., b'\\'] | [.., b'\\', b'\r'])
}
