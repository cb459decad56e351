//! Code actions, with the text that they make.

use lensai_config::Policy;
use lensai_ide::{ActionKind, CodeAction, Context, code_actions};
use lensai_text::Span;

use super::common::{Seen, seen};
use super::{context, cursor, view};

fn at(seen: &Seen, offset: u32) -> Vec<CodeAction> {
    code_actions(&view(seen), Span::new(offset, offset), &context())
}

/// The text after an action.
fn applied(text: &str, action: &CodeAction) -> String {
    let mut out = text.to_owned();
    for edit in action.edits.iter().rev() {
        out.replace_range(edit.span.range(), &edit.text);
    }
    out
}

/// Every action at `|`: its title, what it mends, and the lines that it changes.
fn offered(path: &str, marked: &str) -> String {
    let (text, offset) = cursor(marked);
    let seen = seen(path, &text);
    let mut out = Vec::new();
    for action in at(&seen, offset) {
        let kind = match action.kind {
            ActionKind::QuickFix => "quick fix",
            ActionKind::Rewrite => "rewrite",
        };
        let codes: Vec<&str> = action.fixes.iter().map(|at| seen.findings[*at].code.as_str()).collect();
        let preferred = if action.preferred { "*" } else { "" };
        out.push(format!(
            "{preferred}{} ({kind}{}{})",
            action.title,
            if codes.is_empty() { "" } else { " of " },
            codes.join(", ")
        ));
        let after = applied(&text, &action);
        let before: Vec<&str> = text.lines().collect();
        out.extend(after.lines().filter(|line| !before.contains(line)).map(|line| format!("    {line}")));
    }
    out.join("\n")
}

/// The text after the action whose title begins so.
fn after(path: &str, marked: &str, title: &str) -> String {
    let (text, offset) = cursor(marked);
    let seen = seen(path, &text);
    let actions = at(&seen, offset);
    let action = actions.iter().find(|action| action.title.starts_with(title)).unwrap_or_else(|| {
        let titles: Vec<&str> = actions.iter().map(|action| action.title.as_str()).collect();
        unreachable!("{title}: {titles:?}")
    });
    applied(&text, action)
}

const HEAD: &str = "from openai import OpenAI\nclient = OpenAI()\n";

#[test]
fn of_a_call_in_python() {
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}{}", r#"
def ask(texts):
    for text in texts:
        client.chat.completions.cre|ate(
            model="gpt-4",
            messages=[{"role": "user", "content": text}],
        )
"#)), @r##"
    *Use the newer `gpt-4.1` (88 % cheaper) (quick fix of retired-model)
                    model="gpt-4.1",
    Use the cheaper `gpt-4.1-mini` (98 % cheaper) (rewrite)
                    model="gpt-4.1-mini",
    *Limit the answer to 1,024 tokens (`max_completion_tokens`) (quick fix of unbounded-output)
                    max_completion_tokens=1024,
    Ignore `unbounded-output` for this call, with a reason (quick fix of unbounded-output)
                # lensai: ignore[unbounded-output] TODO: say why
    Ignore `call-in-loop` for this call, with a reason (quick fix of call-in-loop)
                # lensai: ignore[call-in-loop] TODO: say why
    Ignore `retired-model` for this call, with a reason (quick fix of retired-model)
                # lensai: ignore[retired-model] TODO: say why
    Say how often this is called, and how much is sent and answered (rewrite)
                # lensai: calls=1k/month input=207 output=300
    "##);
}

#[test]
fn of_a_call_in_typescript() {
    insta::assert_snapshot!(offered("app.ts", r#"
import Anthropic from "@anthropic-ai/sdk";
const anthropic = new Anthropic();
const MODEL = "claude-sonnet-4-5";
export const ask = (text: string) =>
  anthropic.messages.create({
    model: MODEL,
    max_tokens: 100_0|00,
    messages: [{ role: "user", content: text }],
  });
"#), @r##"
    *Use the newer `claude-sonnet-4-6` (at about the same price) (quick fix of deprecated-model)
        const MODEL = "claude-sonnet-4-6";
    Use the cheaper `claude-haiku-4-5` (67 % cheaper) (rewrite)
        const MODEL = "claude-haiku-4-5";
    *Lower the limit to 64,000 tokens (quick fix of output-above-limit)
            max_tokens: 64000,
    Ignore `deprecated-model` for this call, with a reason (quick fix of deprecated-model)
          // lensai: ignore[deprecated-model] TODO: say why
    Ignore `output-above-limit` for this call, with a reason (quick fix of output-above-limit)
          // lensai: ignore[output-above-limit] TODO: say why
    Say how often this is called, and how much is sent and answered (rewrite)
          // lensai: calls=1k/month input=207 output=300
    "##);
}

#[test]
fn of_a_name_that_is_not_known() {
    insta::assert_snapshot!(offered("app.py", &format!("{HEAD}client.chat.completions.create(model='gpt-4o-mn|i', messages=[], max_tokens=5)\n")), @r##"
    *Use `gpt-4o-mini` (quick fix of unknown-model)
        client.chat.completions.create(model='gpt-4o-mini', messages=[], max_tokens=5)
    Use `gpt-4.1-mini` (quick fix of unknown-model)
        client.chat.completions.create(model='gpt-4.1-mini', messages=[], max_tokens=5)
    Ignore `unknown-model` for this call, with a reason (quick fix of unknown-model)
        # lensai: ignore[unknown-model] TODO: say why
    Say how often this is called, and how much is sent and answered (rewrite)
        # lensai: calls=1k/month input=200 output=5
    "##);
}

/// The call after the limit is added.
fn limited(path: &str, head: &str, call: &str) -> String {
    let (callee, arguments) = call.split_once('(').unwrap();
    after(path, &format!("{head}{callee}|({arguments}\n"), "Limit the answer")
        .replacen(head, "", 1)
        .trim_end()
        .to_owned()
}

#[test]
fn a_limit_is_put_where_the_arguments_are_written() {
    let python = |call: &str| limited("app.py", HEAD, call);
    assert_eq!(
        python("client.chat.completions.create(model='gpt-4o', messages=[])"),
        "client.chat.completions.create(model='gpt-4o', messages=[], max_completion_tokens=1024)"
    );
    assert_eq!(
        python("client.chat.completions.create(model='gpt-4o', messages=[],)"),
        "client.chat.completions.create(model='gpt-4o', messages=[], max_completion_tokens=1024)"
    );
    assert_eq!(
        python("client.chat.completions.create(\n    model='gpt-4o',\n    messages=([])  # all\n)"),
        "client.chat.completions.create(\n    model='gpt-4o',\n    messages=([]),\n    max_completion_tokens=1024,  # all\n)"
    );
    assert_eq!(
        python("client.responses.create(model='gpt-4o', input=f'{x}')"),
        "client.responses.create(model='gpt-4o', input=f'{x}', max_output_tokens=1024)"
    );
    let groq = "from openai import OpenAI\nc = OpenAI(base_url='https://api.groq.com/openai/v1')\n";
    assert_eq!(
        limited("app.py", groq, "c.chat.completions.create(model='llama', messages=[])"),
        "c.chat.completions.create(model='llama', messages=[], max_tokens=1024)"
    );
    let genai = "from google import genai\nfrom google.genai import types\nc = genai.Client()\n";
    assert_eq!(
        limited("app.py", genai, "c.models.generate_content(model='gemini-2.5-pro', contents='x')"),
        "c.models.generate_content(model='gemini-2.5-pro', contents='x', config={\"max_output_tokens\": 1024})"
    );
    assert_eq!(
        limited(
            "app.py",
            genai,
            "c.models.generate_content(model='m', contents='x', config=types.GenerateContentConfig(temperature=0))"
        ),
        "c.models.generate_content(model='m', contents='x', config=types.GenerateContentConfig(temperature=0, max_output_tokens=1024))"
    );
    let bedrock = "import boto3\nc = boto3.client('bedrock-runtime')\n";
    assert_eq!(
        limited("app.py", bedrock, "c.converse(modelId='m', messages=[], inferenceConfig={'temperature': 0})"),
        "c.converse(modelId='m', messages=[], inferenceConfig={'temperature': 0, \"maxTokens\": 1024})"
    );
    let ai = "import { generateText } from 'ai';\nimport { openai } from '@ai-sdk/openai';\n";
    assert_eq!(
        limited("app.ts", ai, "generateText({ model: openai('gpt-4o'), prompt: x })"),
        "generateText({ model: openai('gpt-4o'), prompt: x, maxOutputTokens: 1024 })"
    );
    assert_eq!(
        limited("app.ts", ai, "generateText({\n  model: openai('gpt-4o'),\n  prompt: x,\n});"),
        "generateText({\n  model: openai('gpt-4o'),\n  prompt: x,\n  maxOutputTokens: 1024,\n});"
    );
}

#[test]
fn a_limit_is_not_offered_where_it_might_be_wrong() {
    let titles = |path: &str, marked: &str| offered(path, marked);
    let spread = format!("{HEAD}client.chat.completions.cre|ate(model='gpt-4o', messages=[], **options)");
    assert!(!titles("app.py", &spread).contains("Limit the answer"));
    // Made by somebody else, one of two, in another file, with who knows what, under a name that a function around it gives.
    let head = "from langchain_openai import ChatOpenAI\n";
    for code in [
        "def ask(llm: ChatOpenAI, x):\n    return llm.inv|oke(x)\n",
        "def ask(x):\n    llm = ChatOpenAI(model='gpt-4o')\n    if x:\n        llm = ChatOpenAI(model='gpt-4.1')\n    return llm.inv|oke(x)\n",
        "from models import llm\nfrom langchain_core.prompts import ChatPromptTemplate\nchain = ChatPromptTemplate.from_template('x') | llm\nchain.inv|oke({})\n",
        "class Bot:\n    def __init__(self):\n        self.llm = ChatOpenAI(model='gpt-4o')\n    def other(self):\n        self.llm = ChatOpenAI(model='gpt-4.1')\n    def ask(self, x):\n        return self.llm.inv|oke(x)\n",
        "llm = ChatOpenAI(model='gpt-4o', **options)\nllm.inv|oke('x')\n",
        "llm = ChatOpenAI(model='gpt-4o')\ndef make():\n    llm = ChatOpenAI(model='gpt-4.1')\n    def ask(x):\n        return llm.inv|oke(x)\n    return ask\n",
    ] {
        assert!(!titles("app.py", &format!("{head}{code}")).contains("Limit the answer"), "{code}");
    }
}

#[test]
fn comments_are_put_above_and_grow() {
    let code = format!("{HEAD}if x:\n    y = client.chat.completions.cre|ate(model='gpt-4o', messages=[])\n");
    assert_eq!(
        after("app.py", &code, "Ignore `unbounded-output`").replacen(HEAD, "", 1),
        "if x:\n    # lensai: ignore[unbounded-output] TODO: say why\n    y = client.chat.completions.create(model='gpt-4o', messages=[])\n"
    );
    let again = format!(
        "{HEAD}for x in y:\n    # lensai: ignore[unbounded-output] short\n    client.chat.completions.cre|ate(model='gpt-4o', messages=[])\n"
    );
    assert_eq!(
        after("app.py", &again, "Ignore `call-in-loop`").replacen(HEAD, "", 1),
        "for x in y:\n    # lensai: ignore[unbounded-output, call-in-loop] short\n    client.chat.completions.create(model='gpt-4o', messages=[])\n"
    );
    let jsx = "import OpenAI from 'openai';\nconst c = new OpenAI();\nexport default async () => (\n  <p>\n    {await c.chat.completions.cre|ate({ model: 'gpt-4o', messages: [] })}\n  </p>\n);\n";
    assert!(!offered("app.tsx", jsx).contains("lensai:"));
    let crlf = "from openai import OpenAI\r\nOpenAI().chat.completions.cre|ate(model='gpt-4o', messages=[])\r\n";
    assert!(
        after("app.py", crlf, "Say how often")
            .contains("\r\n# lensai: calls=1k/month input=200 output=300\r\nOpenAI()")
    );
}

#[test]
fn models_that_the_workspace_does_not_allow_are_not_offered() {
    let code = format!("{HEAD}client.chat.completions.create(model='gpt-4o', messages=[], max_tokens=5)");
    let seen = seen("app.py", &code);
    let policy = Policy { allow: Vec::new(), deny: vec!["*-mini".to_owned(), "gpt-4.1".to_owned()] };
    let titles = |context: &Context<'_>| -> Vec<String> {
        let at = u32::try_from(code.find("create").unwrap()).unwrap();
        code_actions(&view(&seen), Span::new(at, at), context).into_iter().map(|action| action.title).collect()
    };
    assert!(titles(&context()).iter().any(|title| title.contains("gpt-4.1-mini")), "{:?}", titles(&context()));
    assert!(titles(&Context { policy: &policy, ..context() }).iter().all(|title| !title.contains("gpt")));
}

/// A request that takes its limit from the object on which it is made.
#[test]
fn a_limit_is_added_where_the_object_is_made() {
    let cases = [
        // At the top of the file, through what gives the object again and through a composition.
        (
            "llm = ChatOpenAI(model=\"gpt-4o\")\ndef ask(x):\n    return llm.inv|oke(x)\n",
            "ChatOpenAI(model=\"gpt-4o\", max_completion_tokens=1024)",
        ),
        (
            "llm = ChatOpenAI(model=\"gpt-4o\")\ntools = llm.bind_tools([])\ndef ask(x):\n    return tools.inv|oke(x)\n",
            "ChatOpenAI(model=\"gpt-4o\", max_completion_tokens=1024)",
        ),
        (
            "llm = ChatOpenAI(\n    model=\"gpt-4o\",\n)\nprompt = ChatPromptTemplate.from_template(\"Hello {x}\")\ndef ask(x):\n    return (prompt | llm | StrOutputParser()).inv|oke(x)\n",
            "    max_completion_tokens=1024,\n)",
        ),
        // In the function.
        (
            "def ask(x):\n    llm = ChatOpenAI(model=\"gpt-4o\")\n    return llm.inv|oke(x)\n",
            "ChatOpenAI(model=\"gpt-4o\", max_completion_tokens=1024)",
        ),
        (
            "def ask(x):\n    return ChatOpenAI(model=\"gpt-4o\").inv|oke(x)\n",
            "ChatOpenAI(model=\"gpt-4o\", max_completion_tokens=1024)",
        ),
    ];
    let head = "from langchain_openai import ChatOpenAI\nfrom langchain_core.prompts import ChatPromptTemplate\nfrom langchain_core.output_parsers import StrOutputParser\n";
    for (code, expected) in cases {
        let marked = format!("{head}{code}");
        let text = after("app.py", &marked, "Limit the answer to");
        assert!(text.contains(expected), "{text}");
        // Then it is limited.
        let seen = seen("app.py", &text);
        assert_eq!(seen.calls[0].call.max_output, Some(1024), "{text}");
    }
    // In the class.
    let class = format!(
        "{head}class Bot:\n    def __init__(self):\n        self.llm = ChatOpenAI(model=\"gpt-4o\")\n    def ask(self, x):\n        return self.llm.inv|oke(x)\n"
    );
    let text = after("app.py", &class, "Limit the answer to");
    assert!(text.contains("self.llm = ChatOpenAI(model=\"gpt-4o\", max_completion_tokens=1024)\n"), "{text}");
    let script = "import { ChatOpenAI } from '@langchain/openai';\nconst m = new ChatOpenAI({ model: 'gpt-4o' });\nm.inv|oke({ input: 'x' });";
    let title = "*Limit the answer to 1,024 tokens (`maxCompletionTokens` where its object is made)";
    assert!(offered("app.ts", script).starts_with(title));
    let text = after("app.ts", script, "Limit the answer to");
    assert!(
        text.contains("ChatOpenAI({ model: 'gpt-4o', maxCompletionTokens: 1024 });\nm.invoke({ input: 'x' });"),
        "{text}"
    );
}
