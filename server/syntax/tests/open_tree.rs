//! A tree that is kept from one edit to the next says what a new one says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lensai_syntax::{Language, Limits, OpenTree, facts};
use proptest::prelude::*;

const PYTHON: &str = "import a\n\nclass C(B):\n    x = lambda y: y\n\n    @d(lambda: 1)\n    def m(self, p=1):\n        return self.x(p) + [q for q in p]\n\n    def n(self):\n        def inner():\n            return f'{self}'\n        return inner\n\nif TYPE_CHECKING:\n    def t():\n        import b\n\ndef f(text, *rest):\n    # lensai: input=1\n    for word in rest:\n        text += word\n    return text\n\ndef g():\n    pass\n";
const SCRIPT: &str = "import a from 'a';\n\nexport class C extends B {\n  @d() x = (y) => y;\n  static get m() { return this.x(1); }\n  async n(p: string = 'q') { return [1].map((q) => q + p); }\n}\n\nexport function f(text: string, ...rest: string[]) {\n  for (const word of rest) { text += `${word}`; }\n  return text;\n}\n\nconst g = function () { return { h() { return 1; } }; };\n";
const PIECES: [&str; 14] = [
    "",
    "x",
    "\n",
    "    ",
    "\"",
    "(",
    ")",
    "{",
    "}",
    "é",
    "def h():\n        return 1\n",
    "if TYPE_CHECKING:\n",
    "@d\n",
    "=> ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_are_read_as_the_final_text_is(
        edits in prop::collection::vec((any::<u16>(), 0_usize..30, 0..PIECES.len()), 1..12),
        is_python in any::<bool>(),
    ) {
        let (language, text) = if is_python { (Language::Python, PYTHON) } else { (Language::TypeScript, SCRIPT) };
        let mut text = text.to_owned();
        let mut tree = OpenTree::new(language);
        tree.facts(&text, Limits::default());
        for (from, length, piece) in edits {
            let start = text.floor_char_boundary(usize::from(from) % (text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, PIECES[piece]);
            let while_typing = tree.facts(&text, Limits::default());
            let anew = facts(&text, language, Limits::default());
            // Where a text has errors a tree that grew by edits may differ, until it has settled.
            if anew.problems.is_empty() && while_typing.problems.is_empty() {
                prop_assert_eq!(&while_typing, &anew, "{}", text);
            }
        }
        let anew = facts(&text, language, Limits::default());
        if let Some(settled) = tree.facts_anew(Limits::default()) {
            prop_assert_eq!(settled, anew);
        }
    }
}

#[test]
fn what_an_edit_leaves_alone_is_the_same_body() {
    let mut tree = OpenTree::new(Language::Python);
    let before = tree.facts(PYTHON, Limits::default());
    let after = tree.facts(&PYTHON.replace("+= word", "+= word.lower()"), Limits::default());
    let body = |facts: &lensai_syntax::hir::Facts, name: &str| {
        std::sync::Arc::clone(&facts.items.iter().find(|item| item.name == name).unwrap().body)
    };
    for name in ["g", "inner"] {
        assert!(std::sync::Arc::ptr_eq(&body(&before, name), &body(&after, name)), "{name}");
    }
    assert_ne!(body(&before, "f"), body(&after, "f"));
    assert_eq!(body(&before, "m"), body(&after, "m"));
}
