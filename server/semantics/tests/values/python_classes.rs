//! Values in Python: attributes of instances and classes.

use crate::check;

#[test]
fn attributes_of_self() {
    check(
        r#"
--- main.py
from openai import OpenAI
class Base:
    model = "base"
    limit: int = 10
class Bot(Base):
    def __init__(self, client: OpenAI, name="bot", model=None):
        self.client = client
        self.own = OpenAI(timeout=3)
        self.name = name
    def run(self):
        it = self.client
        it = self.own
        it = self.name
        it = self.model
        it = self.run
        it = self.missing
    @property
    def shown(self):
        return f"{self.name} ({self.model})"
bot = Bot(OpenAI(), name="helper")
it = bot.client
it = bot.own
it = bot.name
it = bot.shown
it = bot.limit
it = Bot(OpenAI()).name
"#,
        &[
            "openai#OpenAI()",
            "openai#OpenAI(timeout=3@attribute)",
            r#""helper""#,
            r#""helper (base)""#,
            "10@attribute",
            r#""bot"@parameter"#,
            "param client: a openai#OpenAI",
            "openai#OpenAI(timeout=3@attribute)",
            r#"param name = "bot"@parameter"#,
            r#""base"@attribute"#,
            "def Bot(…).run",
            "?undefined",
        ],
    );
}

/// Attributes that the constructor of a base sets, from what the constructors below give it.
#[test]
fn attributes_of_bases() {
    check(
        r#"
--- main.py
from base import Base
DEFAULT = "main-model"
class Bot(Base):
    def __init__(self, model=None, size=7):
        if model is None:
            model = DEFAULT
        super().__init__(model, limit=size)
    def run(self):
        it = self.name
        it = self.limit
class Old(Bot):
    def __init__(self):
        Bot.__init__(self, "old-model")
class Plain(Base):
    pass
it = Bot().name
it = Bot("given").name
it = Bot("given").label()
it = Old().name
it = Old().limit
it = Plain("plain").name
--- base.py
class Base:
    def __init__(self, model=None, *, limit=5):
        self.name = model
        self.limit = limit
    def label(self):
        return f"<{self.name}>"
"#,
        &[
            r#"("main-model"@constant or none)"#,
            r#"("main-model"@constant or "given")"#,
            r#""<{self.name: ("main-model"@constant or "given")}>"@constant"#,
            r#"("main-model"@constant or "old-model")"#,
            "7@parameter",
            r#""plain""#,
            r#"("main-model"@constant or param model = none)"#,
            "param size = 7@parameter",
        ],
    );
}

#[test]
fn fields_and_their_dumps() {
    check(
        r#"
--- main.py
import dataclasses
import settings
from pydantic import BaseModel, Field
class Request(BaseModel):
    model: str = Field(default_factory=lambda: settings.MODEL)
    n: int = 1
class Sub(Request):
    extra: str = "x"
@dataclasses.dataclass
class Plain:
    model: str = "plain"
class Perhaps:
    model = "declared"
    always = "declared"
    def __init__(self, given=None):
        if given:
            self.model = "stored"
        self.always = "stored"
    def run(self):
        it = self.model
        it = self.always
it = Sub().model_dump()
it = Sub(model="given").dict()
it = {**Sub().model_dump(), "model": "other"}["model"]
it = dataclasses.asdict(Plain())
--- settings.py
MODEL = "settings"
"#,
        &[
            r#"{model: "settings"@constant, n: 1@attribute, extra: "x"@attribute}"#,
            r#"{model: "given", n: 1@attribute, extra: "x"@attribute}"#,
            r#""other""#,
            r#"{model: "plain"@attribute}"#,
            r#"("stored"@attribute or "declared"@attribute)"#,
            r#""stored"@attribute"#,
        ],
    );
}
