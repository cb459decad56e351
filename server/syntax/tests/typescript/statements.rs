//! Branches and loops.

use lensai_syntax::Language;

use crate::{checked, js};

#[test]
fn branches() {
    js(
        "if (a) { x = 1 } else if (b()) return; else { x = 2 }",
        "a\n[arm1!] x = 1\nb()\n[arm1!] x = 2\n[arm1!^] return",
    );
    js(
        "switch (k) { case 'a': case 'b': m = 1; break; default: m = 2 }\nswitch (k) { case 'c': return 3 }",
        r#"
        k
        "a"
        "b"
        [arm1!] m = 1
        [arm1!] m = 2
        k
        "c"
        [arm2^] return 3
        "#,
    );
    js(
        "try { a() } catch ({ message }) { throw e } finally { b() }",
        "[plain] a()\n[arm1^] message = ?\n[arm1^] e\n[finally] b()",
    );
}

#[test]
fn loops() {
    js(
        "for (const [k, v] of xs) { f(k) }\nfor (let i = 0; i < n; i++) g(i);\nwhile (c()) d();\ndo { e() } while (h());\n\
         for (const x in o) { if (x) continue }\nl: for (;;) { break l }\nfor (this.y of ys) {}",
        r"
        [loop] k = 0 of each xs
        [loop] v = 1 of each xs
        [loop] f(k)
        i = 0
        [loop] (opaque i n)
        [loop] g(i)
        [loop] i = (opaque i)
        [loop] c()
        [loop] d()
        [loop] e()
        [loop] h()
        [loop] x = each o
        [loop] x
        ys
        [loop] this
        ",
    );
    let facts = checked(Language::JavaScript, "for (;; ys.map(() => 2)) { xs.map(() => 1) }");
    assert!(facts.items[1].span.start < facts.items[2].span.start);
}
