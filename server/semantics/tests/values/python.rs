//! Values in Python.

use crate::check;

#[test]
fn literals() {
    check(
        r#"
--- main.py
key = read()
it = "a" 'b\x21'
it = 1_000
it = True
it = None
it = [1, (2, "x"), *key]
it = {"a": 1, key: 2, "a": 3}
it = 1 - 2
"#,
        &[r#""ab!""#, "1000", "true", "none", r#"[1, [2, "x"], …]"#, "{a: 1, ?: 2, a: 3}", "?computed"],
    );
}

#[test]
fn constants_of_other_files() {
    check(
        r#"
--- app/main.py
from .models import FAST, BEST as best
from app import models
import app.models as aliased
import app.models
from . import models as sibling
from app.api import REEXPORTED, STARRED
from openai import OpenAI
from missing import NAME
import json
it = FAST
it = best
it = models.FAST
it = aliased.FAST
it = app.models.FAST
it = sibling.FAST
it = REEXPORTED
it = STARRED
it = OpenAI
it = NAME
it = json.dumps
it = nowhere
def f():
    it = FAST
--- app/__init__.py
--- app/models.py
FAST = "small"
BEST = FAST + "-pro"
--- app/api/__init__.py
from ..models import FAST as REEXPORTED
from .inner import *
--- app/api/inner.py
STARRED = 7
"#,
        &[
            r#""small"@constant"#,
            r#""small-pro"@constant"#,
            r#""small"@constant"#,
            r#""small"@constant"#,
            r#""small"@constant"#,
            r#""small"@constant"#,
            r#""small"@constant"#,
            "7@constant",
            "openai#OpenAI",
            "missing#NAME",
            "json#dumps",
            "#nowhere",
            r#""small"@constant"#,
        ],
    );
}

#[test]
fn parameters_and_the_environment() {
    check(
        r#"
--- main.py
import os
from os import environ, getenv
from openai import OpenAI
MODEL = "m"
def f(a, b="x", *rest, c=MODEL, d: OpenAI, e: OpenAI = None, **options):
    it = a
    it = b
    it = c
    it = d
    it = e
    it = f"{b}-{a}"
    b = b or "y"
    it = b
it = os.environ["A"]
it = os.environ.get("B", "b")
it = getenv("C") or "c"
it = environ.get("D")
"#,
        &[
            "env A",
            r#"env B or "b""#,
            r#"env C or "c""#,
            "env D",
            "param a",
            r#"param b = "x"@parameter"#,
            r#"param c = "m"@constant"#,
            "param d: a openai#OpenAI",
            "param e: a openai#OpenAI = none",
            r#""{b: param b = "x"@parameter}-{a: param a}""#,
            r#"(param b = "x"@parameter else "y")"#,
        ],
    );
}

#[test]
fn factories() {
    check(
        r#"
--- main.py
from functools import partial
from openai import OpenAI
from factories import make, Factory
def named(name, suffix="-pro"):
    return f"{name}{suffix}"
def either(flag):
    if flag:
        return "a"
    return "b"
def nested(name):
    def inner(suffix):
        return "x-" + name + suffix
    return inner("-x")
it = make("key")
it = make(timeout=3)
it = named("m")
it = named("m", suffix="!")
it = named(*["m", "?"])
it = named(**{"name": "m"})
it = partial(named, "p")()
it = partial(named, suffix="+")("q")
it = partial(named, "p")
it = either(1)
it = nested("n")
it = Factory.create("m").model
it = (lambda x: x + "!")("l")
--- factories.py
from openai import OpenAI
def make(key=None, timeout=10):
    return OpenAI(api_key=key, timeout=timeout)
class Factory:
    def __init__(self, model):
        self.model = model
    @classmethod
    def create(cls, model):
        return cls(model)
"#,
        &[
            r#"openai#OpenAI(api_key="key", timeout=10@parameter)"#,
            "openai#OpenAI(api_key=none, timeout=3)",
            r#""m-pro"@constant"#,
            r#""m!"@constant"#,
            r#""m?"@constant"#,
            r#""m-pro"@constant"#,
            r#""p-pro"@constant"#,
            r#""q+"@constant"#,
            r#"def named with "p""#,
            r#"("a"@constant or "b"@constant)"#,
            r#""x-n-x"@constant"#,
            r#""m""#,
            r#""l!"@constant"#,
        ],
    );
}

#[test]
fn spreads() {
    check(
        r#"
--- main.py
from shared import DEFAULTS
more = {"b": 2, **DEFAULTS}
def f(**options):
    it = {"a": 1, **options}
it = {**more, "a": 3}
it = {**more}["model"]
it = {**unknown, "a": 1}["a"]
it = {**unknown}["a"]
it = dict(more, c=4)
it = more | {"a": 9}
it = [*[1, 2], 3]
it = more.get("b")
it = more.get("z", "fallback")
more["d"] = 5
more.update(e=6)
it = more
list = [1]
list.append(2)
it = list
--- shared.py
DEFAULTS = {"model": "m"}
"#,
        &[
            r#"{b: 2, model: "m"@constant, a: 3}"#,
            r#""m"@constant"#,
            "1",
            "#unknown.a",
            r#"{b: 2, model: "m"@constant, c: 4}"#,
            r#"{b: 2, model: "m"@constant, a: 9}"#,
            "[1, 2, 3]",
            "2",
            r#""fallback""#,
            r#"{b: 2, model: "m"@constant, d: 5, e: 6}"#,
            "[1, 2]",
            "{a: 1, **param options}",
        ],
    );
}

#[test]
fn texts() {
    check(
        r#"
--- main.py
name = "n"
def f(doc):
    it = f"a {name} {doc} {doc.body} {load(doc)}"
    it = "a " + doc + " b"
    it = "{} {x}".format(name, x=doc)
    it = "%s: %s" % (name, doc)
    it = ", ".join(["a", name, doc])
    it = "\n".join(line for line in doc)
    it = f"{1}{name!r:>10}"
    it = name.upper()
    it = ["a"] + ["b", doc]
"#,
        &[
            r#""a n {doc: param doc} {doc.body: param doc.body} {load(): #load(param doc)}""#,
            r#""a {doc: param doc} b""#,
            r#""n {x: param doc}""#,
            r#""n: {doc: param doc}""#,
            r#""a, n, {doc: param doc}""#,
            r#""{…: param doc[?computed]}{…: ?computed}""#,
            r#""1n""#,
            r#""N""#,
            r#"["a", "b", param doc]"#,
        ],
    );
}

#[test]
fn choices() {
    check(
        r#"
--- main.py
def f(flag, model=None):
    it = "a" if flag else "b"
    it = model or "m"
    it = flag and "x"
    if flag:
        chosen = "a"
    elif model:
        chosen = "b"
    else:
        chosen = "c"
    it = chosen
    if flag:
        maybe = "d"
    it = maybe
    try:
        tried = "e"
    except ValueError:
        tried = "f"
    it = tried
    it = {"x": "a", "y": "b"}[flag]
    for model in ["p", "q"]:
        it = model
    with open(flag) as entered:
        it = entered
"#,
        &[
            r#"("a" or "b")"#,
            r#"(param model = none else "m")"#,
            r#""x""#,
            r#"("a" or "b" or "c")"#,
            r#""d""#,
            r#"("e" or "f")"#,
            r#"("a" or "b")"#,
            r#"("p" or "q")"#,
            "#open(param flag)",
        ],
    );
}

#[test]
fn the_order_of_assignments() {
    check(
        r#"
--- main.py
value = "first"
it = value
def early():
    it = value
value = "second"
it = value
value += "!"
it = value
if read():
    value = "third"
    it = value
it = value
def g(flag):
    x = "a"
    it = x
    if flag:
        x = "b"
        return x
    it = x
    while flag:
        x = "c"
    it = x
"#,
        &[
            r#""first""#,
            r#""second""#,
            r#""second!""#,
            r#""third""#,
            r#"("second!" or "third")"#,
            r#"("second!"@constant or "third"@constant)"#,
            r#""a""#,
            r#""a""#,
            r#"("a" or "c")"#,
        ],
    );
}

#[test]
fn what_depends_on_itself() {
    check(
        r#"
--- main.py
from other import there
here = there
it = here
def f(n):
    return f(n) if n else "end"
it = f(1)
def g():
    return g()
it = g()
class A(A):
    x = 1
it = A.x
--- other.py
from main import here as there
"#,
        &["?undefined", r#""end"@constant"#, "?computed", "1@attribute"],
    );
}
