//! Statements and definitions.

use lensai_syntax::hir::{Expr, ExprId};

use crate::{lowers, python};

#[test]
fn imports() {
    lowers(
        r"
import a, b.c, d.e as f
import os . path as p
from . import x, y as z
from ...pkg.mod import (c, d as e,)
from .x.y import *
from __future__ import annotations
def g():
    import inner.most
",
        r#"
import a = module of "a"
import b = root of "b.c"
import f = module of "d.e"
import p = module of "os.path"
import x = name x of "."
import z = name y of "."
import c = name c of "...pkg.mod"
import e = name d of "...pkg.mod"
import * = all of ".x.y"
import annotations = name annotations of "__future__"
g = def#1 g
def#1 g()
import inner = root of "inner.most"
"#,
    );
}

#[test]
fn imports_for_types_and_with_a_fallback() {
    lowers(
        r"
if TYPE_CHECKING:
    from t import T
elif typing.TYPE_CHECKING:
    import q
else:
    import r
try:
    import fast
except ImportError as e:
    fast = None
else:
    ok()
finally:
    done()
",
        r#"
TYPE_CHECKING
[arm1!] type import T = name T of "t"
typing.TYPE_CHECKING
[arm1!] type import q = module of "q"
[arm1!] import r = module of "r"
[plain] import fast = module of "fast"
[arm2] ImportError
[arm2] e = ?
[arm2] fast = none
[plain] ok()
[finally] done()
"#,
    );
}

#[test]
fn assignments() {
    lowers(
        r#"
a = b = f(1)
a, (b, *c, d) = v
[x, y.z, w["k"]] = v
self.m: T = 1
n: int
o: Optional[A.B, "C"] = g(o)
p += 1 + 2
q.r += 3
s[t] -= 4
u |= {}
Settings.llm = v
obj.a.b = v
(u := v2)
print((w := h()) or w)
"#,
        r#"
a = f(1)
b = f(1)
a = 0 of v
b = 1/0 of v
c = 1/rest of v
d = ?
x = 0 of v
#part = 1 of v
#part = 2 of v
y.z = #part
w["k"] = #part
self.m: T = 1
n: int = ?
o: Optional[[A.B, "C"]] = g(o)
p = (+ p (+ 1 2))
q.r = (+ q.r 3)
s[t] = (opaque s[t] 4)
u = (| u {})
Settings.llm = v
obj.a.b = v
u = v2
w = h()
print((or h() w))
"#,
    );
}

#[test]
fn functions() {
    lowers(
        r#"
def f(a, /, b: int, *args: str, c=k(), d: X = 2, **kw) -> Optional[Foo]:
    "doc"
    global g, h
    g = 1
    if a:
        return b
    else:
        yield c
    x = yield from d
    await e(a=1, *b, **c)
    raise E(1) from z
def g(a, *, b): return
"#,
        r"
f = def#1 f
g = def#2 g
def#1 f(a, b: int, *args: str, kw c = k(), kw d: X = 2, **kw) -> Optional[Foo]
outer g, h
g = 1
a
[arm1!^] return b
[arm1!] yield c
yield d
x = (opaque d)
(await e(a=1, *b, **c))
E(1)
z
def#2 g(a, kw b)
return
",
    );
}

#[test]
fn classes_and_decorators() {
    lowers(
        r#"
@app.get("/x")
@deco
async def f((a, b), c): return a, *b
@dataclass
class A(B, C[int], metaclass=M):
    """doc"""
    x: int
    y: str = "s"
    z = 1
    def m(self): self.x = super().m(); super(A, self).q()
    @property
    async def p(self): pass
"#,
        r#"
f = def#1 f
A = class#2 A
def#1 f(#0, c)
decorator app.get("/x")
decorator deco
a = 0 of #0
b = 1 of #0
return [a, *b]
class#2 A < B, C[int]
decorator dataclass
@ M
x: int = ?
y: str = "s"
z = 1
m = def#3 m
p = def#4 p
def#3 m(self)
self.x = super.m()
super.q()
def#4 p(self)
decorator property
"#,
    );
}

#[test]
fn with_statements() {
    lowers(
        r"
with open(a) as f, b as (x, y):
    return 1
with (c as d):
    pass
async with e as self.q: pass
with (open(a) as f, b as g): f()
",
        r"
f = entered open(a)
#entered = entered b
x = 0 of #entered
y = 1 of #entered
[plain^] return 1
d = entered c
#entered = entered e
self.q = #entered
f = entered open(a)
g = entered b
[plain] f()
",
    );
}

#[test]
fn loops() {
    lowers(
        r"
async for a, b in c, d:
    if x: break
    continue
else: e()
while (n := f()) < 3:
    g()
else:
    h()
for self.x in xs: pass
",
        r"
[loop^] a = 0 of each [c, d]
[loop^] b = 1 of each [c, d]
[loop^] x
[operand] e()
[loop] n = f()
[loop] (opaque f() 3)
[loop] g()
[operand] h()
[loop] #element = each xs
[loop] self.x = #element
",
    );
}

#[test]
fn branches() {
    lowers(
        r"
if a(): b()
elif c(): d()
else:
    e()
    raise f()
if g: h()
",
        r"
a()
[arm1!] b()
c()
[arm1!] d()
[arm1!^] e()
[arm1!^] f()
g
[arm2] h()
",
    );
}

#[test]
fn exceptions() {
    lowers(
        r"
try:
    a()
except (B, C) as e:
    d()
except* E:
    return
except: f()
",
        r"
[plain] a()
[arm1] [B, C]
[arm1] e = ?
[arm1] d()
[arm1^] E
[arm1] f()
[arm1^] return
",
    );
}

#[test]
fn match_statements() {
    lowers(
        r#"
match a, b(c):
    case [A(k=y), *rest] | {"a": z, **kw}: f()
    case m.X as q if q > 1: pass
    case "s" | -1: pass
    case e, (f, _): pass
    case _: g()
match x:
    case 1: h()
match = case(type)
"#,
        r"
a
b(c)
[arm1!] y = ?
[arm1!] rest = ?
[arm1!] z = ?
[arm1!] kw = ?
[arm1!] f()
[arm1!] q = ?
[arm1!] (opaque q 1)
[arm1!] e = ?
[arm1!] f = ?
[arm1!] g()
x
[arm2] h()
match = case(type)
",
    );
}

#[test]
fn python_two_and_other_statements() {
    lowers(
        r#"
print "a", f(b)
print >>f, g(x)
exec "code" in ns
type X[T] = list[T]
del a[f(1)], b
assert f(x), "m"
"#,
        r"
f(b)
g(x)
X = list[T]
[a[f(1)], b]
f(x)
",
    );
}

#[test]
fn annotations() {
    lowers(
        r#"
a: list[int] | None = b
c: "Later"
d: A.B[C]
def f(*args: *Ts) -> X | Y: ...
"#,
        r#"
a: (| list[int] none) = b
c: "Later" = ?
d: A.B[C] = ?
f = def#1 f
def#1 f(*args: (opaque Ts)) -> (| X Y)
"#,
    );
}

#[test]
fn directives() {
    lowers(
        r"
# lensai: ignore this
x = f(1,  # lensai:model=foo
)
# about lensai: nothing
",
        r"
x = f(1)
directive ignore this
directive model=foo
",
    );
}

#[test]
fn the_prelude_ends_where_the_body_begins() {
    let facts = python("@d(1)\ndef f(a: T = b(), *c) -> R:\n    return g(a)\n");
    let body = &facts.items[1].body;
    let is_call = |id: u32| matches!(body.expr(ExprId(id)), Expr::Call { .. });
    assert_eq!((0..body.prelude).filter(|id| is_call(*id)).count(), 2);
    assert_eq!((body.prelude..9).filter(|id| is_call(*id)).count(), 0);
    assert_eq!(body.exprs.len(), body.prelude as usize + 3);
}
