//! Any text, any offset, and what is known of another text: nothing panics, and every place is one of the text.

use lensai_ide::{
    HintPosition, HintSettings, code_actions, code_lenses, completions, hint_tooltip, hover, inlay_hints,
};
use lensai_text::Span;
use proptest::prelude::*;
use proptest::sample::select;

use super::common::{Seen, seen};
use super::{context, view};

const PIECES: [&str; 44] = [
    "from openai import OpenAI\n",
    "client = OpenAI()\n",
    "client.chat.completions.create(",
    "client.embeddings.create(",
    "model=",
    "\"gpt-4\"",
    "'gpt-4o-mni'",
    "\"claude-sonnet-4-5\"",
    "MODEL",
    "MODEL = \"gpt-4o\"\n",
    ", ",
    "messages=[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "max_tokens=",
    "100_000",
    "for x in y:\n    ",
    "def ask(x):\n    ",
    "# lensai: ",
    "// lensai: ",
    "ignore[",
    "call-in-loop",
    "input=12",
    "calls=3/day",
    "output=",
    "\n",
    "\r\n",
    "\"",
    "'",
    "`",
    "#",
    "/*",
    "*/",
    "\\",
    "é",
    "𝒙",
    "\u{202e}",
    "{x}",
    "f\"",
    "x",
    " ",
];

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Asks for everything at a place, and looks at what is answered.
fn ask(seen: &Seen, from: u32, to: u32) -> Result<(), TestCaseError> {
    let (view, context) = (view(seen), context());
    let range = Span::new(from.min(to), from.max(to));
    let is_place = |span: Span| span.start <= span.end && view.text.get(span.range()).is_some();
    for position in [HintPosition::EndOfLine, HintPosition::AfterCall] {
        for hint in inlay_hints(&view, range, &HintSettings { position, ..HintSettings::default() }) {
            prop_assert!(is_place(Span::new(hint.offset, hint.offset)));
            prop_assert!(hint.label.chars().count() <= 24, "{}", hint.label);
            prop_assert!(hint_tooltip(&view, hint.call, &context).is_some());
        }
    }
    if let Some(hover) = hover(&view, from, &context) {
        prop_assert!(is_place(hover.span) && !hover.markdown.is_empty());
    }
    for entry in completions(&view, from, &context) {
        prop_assert!(is_place(entry.replace) && !entry.insert.is_empty());
    }
    for action in code_actions(&view, range, &context) {
        prop_assert!(!action.edits.is_empty());
        prop_assert!(action.edits.iter().all(|edit| is_place(edit.span)), "{action:?}");
        prop_assert!(action.fixes.iter().all(|at| *at < view.findings.len()));
    }
    for lens in code_lenses(&view, &context) {
        prop_assert!(is_place(lens.span) && !lens.title.is_empty());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_text_and_no_offset_makes_it_panic(
        text in any_text(),
        path in select(&["app.py", "app.ts", "app.tsx", "notebook.ipynb"][..]),
        places in proptest::collection::vec((0_u32..400, 0_u32..400), 6),
        beyond in any::<u32>(),
    ) {
        let seen = seen(path, &text);
        for (from, to) in places {
            ask(&seen, from, to)?;
        }
        ask(&seen, beyond, 0)?;
    }

    #[test]
    fn what_is_known_of_another_text_is_left_out_or_placed(
        before in any_text(),
        after in any_text(),
        places in proptest::collection::vec((0_u32..400, 0_u32..400), 6),
    ) {
        let stale = Seen { text: after.into(), ..seen("app.py", &before) };
        for (from, to) in places {
            ask(&stale, from, to)?;
        }
    }

    #[test]
    fn what_an_action_writes_can_be_read_again(
        spaced in any::<bool>(),
        comma in any::<bool>(),
        lines in any::<bool>(),
    ) {
        let between = if lines { ",\n    " } else if spaced { ", " } else { "," };
        let end = match (comma, lines) { (true, true) => ",\n", (true, false) => ",", (false, true) => "\n", _ => "" };
        let start = if lines { "\n    " } else { "" };
        let call = format!("client.chat.completions.create({start}model='gpt-4o'{between}messages=[]{end})");
        let text = format!("from openai import OpenAI\nclient = OpenAI()\n{call}\n");
        let seen_before = seen("app.py", &text);
        let view = view(&seen_before);
        let everything = Span::new(0, u32::MAX);
        let limit = code_actions(&view, everything, &context()).into_iter().find(|action| action.title.starts_with("Limit")).unwrap();
        let mut after = text.clone();
        for edit in limit.edits.iter().rev() {
            after.replace_range(edit.span.range(), &edit.text);
        }
        let seen_after = seen("app.py", &after);
        prop_assert_eq!(seen_after.calls[0].call.max_output, Some(1024), "{}", after);
        prop_assert_eq!(seen_after.findings.len(), 0);
    }
}
