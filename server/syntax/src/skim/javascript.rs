//! Imports of TypeScript and JavaScript: the string behind `from`, `import`, `import(` and `require(`.

use memchr::memmem;

use super::scan::{MAX_MODULE, Scan, add, is_identifier};
use super::{ImportForm, SkimImport};
use crate::package::package;

pub(super) fn imports(bytes: &[u8], imports: &mut Vec<SkimImport>) {
    for (word, may_call, must_call) in
        [(b"from".as_slice(), false, false), (b"import".as_slice(), true, false), (b"require".as_slice(), true, true)]
    {
        for at in memmem::find_iter(bytes, word) {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            if before.is_some_and(|byte| is_identifier(*byte)) {
                continue;
            }
            let mut scan = Scan { bytes, at: at + word.len() };
            skip_blanks(&mut scan);
            let is_call = may_call && (scan.eat(b"(") || (scan.eat(b"?.(")));
            if must_call && !is_call {
                continue;
            }
            skip_blanks(&mut scan);
            if let Some(module) = string(scan).and_then(|module| std::str::from_utf8(module).ok()) {
                add(imports, package(module).as_bytes(), b"", ImportForm::Module);
            }
        }
    }
}

fn skip_blanks(scan: &mut Scan<'_>) {
    loop {
        // Beyond ASCII only as far as its first byte tells: `\u{a0}`, `\u{feff}`, `\u{2028}` begin with one of these.
        scan.take(|byte| byte.is_ascii_whitespace() || byte == 0x0b || byte >= 0x80);
        if scan.eat(b"//") {
            scan.skip_line();
        } else if scan.eat(b"/*") {
            scan.skip_block();
        } else {
            return;
        }
    }
}

/// The content of the string that comes next; a template may hold no hole.
fn string(mut scan: Scan<'_>) -> Option<&[u8]> {
    let quote = scan.peek().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    scan.at += 1;
    let rest = scan.bytes.get(scan.at..)?;
    let near = rest.get(..MAX_MODULE).unwrap_or(rest);
    let end = near.iter().position(|byte| *byte == quote || matches!(byte, b'\n' | b'\r' | b'$'))?;
    // `$` is fine in a name, but begins a hole in a template.
    let end = if near.get(end) == Some(&b'$') && quote != b'`' {
        near.iter().position(|byte| *byte == quote || matches!(byte, b'\n' | b'\r'))?
    } else {
        end
    };
    (near.get(end) == Some(&quote)).then(|| near.get(..end)).flatten()
}
