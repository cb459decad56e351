//! Bytes that are no text, or text in another form.

use crate::tree::{PYTHON_CLIENT, SCRIPT_CLIENT, Tree, request};

#[test]
fn empty_files() {
    let tree = Tree::of("a.py", "").with("b.ts", "").with("c.tsx", "\n").with("d.js", " ").with("e/__init__.py", "");
    let found = tree.scan();
    assert_eq!((found.calls.len(), found.errors.len()), (0, 0), "{found:?}");
}

#[test]
fn binary_files() {
    let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
    let found =
        Tree::of("image.py", image).with("program.js", b"\x7fELF\x02\x01\x01\0\0\0").with("x.ipynb", image).scan();
    assert_eq!(found.calls.len(), 0);
    for path in ["image.py", "program.js", "x.ipynb"] {
        assert!(found.says(path, "binary file"), "{path}: {found:?}");
    }
}

#[test]
fn a_nul_byte() {
    let early = format!("{PYTHON_CLIENT}\0{}\n", request("py", "m"));
    let late = format!("{PYTHON_CLIENT}# {}\0\n{}\n", "a".repeat(9_000), request("py", "m"));
    let found = Tree::of("early.py", early).with("late.py", late).scan();
    assert!(found.says("early.py", "NUL"), "{found:?}");
    assert_eq!(found.places(), [(4, 1, "m")]);
}

#[test]
fn a_byte_order_mark() {
    let client = "from openai import OpenAI; ";
    let found = Tree::of("a.py", format!("\u{feff}{client}OpenAI().{}\n", &request("py", "m")[7..]))
        .with("b.ts", format!("\u{feff}{SCRIPT_CLIENT}{}", request("ts", "n")))
        .scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.places(), [(1, client.len() as u64 + 1, "m"), (3, 1, "n")]);
}

#[test]
fn utf_16_with_a_mark() {
    let text = format!("{PYTHON_CLIENT}x = '日本 😀'; {}\n", request("py", "m"));
    let bytes = |unit: fn(u16) -> [u8; 2], mark: u16| -> Vec<u8> {
        [mark].into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let found =
        Tree::of("big.py", bytes(u16::to_be_bytes, 0xfeff)).with("little.py", bytes(u16::to_le_bytes, 0xfeff)).scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.places(), [(3, 13, "m"), (3, 13, "m")]);

    let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut odd = bytes(u16::to_le_bytes, 0xfeff);
    odd.push(b'x');
    let found = Tree::of("odd.py", odd).with("unmarked.py", unmarked).scan();
    assert_eq!(found.places(), [(3, 13, "m")]);
    assert!(found.says("odd.py", "UTF-16") && found.says("unmarked.py", "NUL"), "{found:?}");
}

#[test]
fn latin_1() {
    let body = format!("x = 'été'; {}\n", request("py", "m"));
    let latin = |text: String| -> Vec<u8> { text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect() };
    let found = Tree::of("said.py", latin(format!("# coding: latin-1\n{PYTHON_CLIENT}{body}")))
        .with("silent.py", latin(format!("{PYTHON_CLIENT}{body}")))
        .scan();
    assert_eq!(found.places(), [(4, 12, "m"), (3, 12, "m")]);
    assert_eq!(found.errors, [("silent.py".to_owned(), "not valid UTF-8 from byte 49; read as Latin-1".to_owned())]);
}

#[test]
fn ends_of_lines() {
    let mut tree = Tree::new();
    for (name, end) in [("cr", "\r"), ("crlf", "\r\n"), ("lf", "\n")] {
        for (language, client) in [("py", PYTHON_CLIENT), ("ts", SCRIPT_CLIENT)] {
            let text = format!("{client}\n  \n{}\n", request(language, "m")).replace('\n', end);
            tree = tree.with(&format!("{name}.{language}"), text);
        }
    }
    let found = tree.scan();
    assert_eq!(found.errors, []);
    assert_eq!(found.places(), [(5, 1, "m"); 6]);
}
