//! Where calls and comments stand.

use lensai_syntax::Language;

use crate::{DIALECTS, checked};

#[test]
fn spans_of_calls_are_the_calls() {
    let text = "async function f() { return await this.c.d\n  .create<T>({a: 1})!.x; }";
    let facts = checked(Language::TypeScript, text);
    let item = &facts.items[1];
    let call = item.body.exprs.iter().position(|expr| matches!(expr, lensai_syntax::hir::Expr::Call { .. }));
    let span = call.map(|call| item.body.spans[call].shifted(item.span.start));
    assert_eq!(span.map(|span| &text[span.range()]), Some("this.c.d\n  .create<T>({a: 1})"));
}

#[test]
fn directives() {
    let text = "// lensai: one \nf(/* lensai: two */ 1);\n/** lensai:three */\nclass A { // lensai: four\n}\n// other lensai: no";
    for language in DIALECTS {
        let facts = checked(language, text);
        let found: Vec<&str> = facts.directives.iter().map(|directive| &*directive.text).collect();
        assert_eq!(found, ["one", "two", "three", "four"]);
    }
}
