//! A made-up workspace: services that share clients and constants, and much code that calls no model.

use std::fmt::Write as _;
use std::path::Path;

/// Writes so many files below a folder, in two languages.
pub(crate) fn write(folder: &Path, files: usize) {
    put(folder, "app/__init__.py", "");
    put(
        folder,
        "app/clients.py",
        "from openai import OpenAI\n\nclient = OpenAI()\nMODEL = \"gpt-4o\"\n\n\ndef make():\n    return OpenAI()\n",
    );
    put(
        folder,
        "web/ai.ts",
        "import OpenAI from \"openai\";\n\nexport const client = new OpenAI();\nexport const MODEL = \"gpt-4.1-mini\";\n",
    );
    for at in 3..files {
        let package = at / 50;
        match at % 10 {
            // One in five sends requests.
            0 => put(folder, &format!("app/p{package}/service_{at}.py"), &service(at)),
            1 => put(folder, &format!("web/p{package}/route{at}.ts"), &route(at)),
            2..=6 => put(folder, &format!("app/p{package}/plain_{at}.py"), &plain(at)),
            _ => put(folder, &format!("web/p{package}/view{at}.tsx"), &view(at)),
        }
    }
}

/// A Python file of about so many lines, with a call in every twenty of them.
pub(crate) fn source(lines: usize) -> String {
    let mut text = "from openai import OpenAI\n\nfrom .clients import MODEL\n\nclient = OpenAI()\n\n".to_owned();
    for at in 0..lines / 20 {
        let _ = write!(
            text,
            "\n\ndef step_{at}(text: str, limit: int = {at}) -> str:\n    \"\"\"Does step {at} of the work.\"\"\"\n    parts = []\n    for word in text.split():\n        if len(word) > limit:\n            parts.append(word.lower())\n    prompt = f\"Step {at}. Answer in one sentence: {{' '.join(parts)}}\"\n    answer = client.chat.completions.create(\n        model=\"gpt-4o\" if limit else MODEL,\n        max_tokens={},\n        messages=[\n            {{\"role\": \"system\", \"content\": \"You are careful, and you answer in the language of the question.\"}},\n            {{\"role\": \"user\", \"content\": prompt}},\n        ],\n    )\n    return answer.choices[0].message.content\n",
            100 + at
        );
    }
    text
}

fn service(at: usize) -> String {
    let mut text = format!(
        "from app.clients import MODEL, client\nfrom app.p{}.plain_{} import helper_0\n",
        at / 50,
        at / 10 * 10 + 2
    );
    for call in 0..3 {
        let _ = write!(
            text,
            "\n\ndef serve_{call}(question):\n    text = helper_0(question)\n    return client.chat.completions.create(model=MODEL, max_tokens={at}, messages=[{{\"role\": \"user\", \"content\": f\"Question {at}: {{text}}\"}}])\n"
        );
    }
    text
}

fn route(at: usize) -> String {
    format!(
        "import {{ client, MODEL }} from \"../ai\";\n\nexport async function POST(request: Request) {{\n  const body = await request.json();\n  const answer = await client.chat.completions.create({{\n    model: MODEL,\n    max_tokens: {at},\n    messages: [{{ role: \"user\", content: `Say ${{body.text}} again` }}],\n  }});\n  return Response.json(answer);\n}}\n"
    )
}

fn plain(at: usize) -> String {
    let mut text = "import os\nimport re\n".to_owned();
    for item in 0..12 {
        let _ = write!(
            text,
            "\n\ndef helper_{item}(value, count={at}):\n    if not value:\n        return None\n    rows = [row.strip() for row in re.split(r\"\\s+\", str(value)) if row]\n    return os.sep.join(rows[:count])\n"
        );
    }
    text
}

fn view(at: usize) -> String {
    let mut text = "import React from \"react\";\n".to_owned();
    for item in 0..8 {
        let _ = write!(
            text,
            "\nexport function View{at}x{item}(props: {{ title: string; rows: string[] }}) {{\n  const rows = props.rows.filter((row) => row.length > {item}).map((row) => <li key={{row}}>{{row}}</li>);\n  return <section><h2>{{props.title}}</h2><ul>{{rows}}</ul></section>;\n}}\n"
        );
    }
    text
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
