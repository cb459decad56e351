//! Situations in which a request stands in a file that imports no SDK, or in one whose imports tell nothing: the files
//! that are chosen for a parse must be those that parsing all of them needs. Each also says which files hold a request.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use lensai::engine::{ScanOptions, scan};
use lensai_calls::sdk::Descriptions;

/// A tree as text: `== path` begins a file.
#[track_caller]
fn check(tree: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    for file in tree.split("== ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a path and a text");
        let path = folder.path().join(path.trim());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let of = |parse_all| {
        let options = ScanOptions { parse_all, threads: 2 };
        scan(folder.path(), &[PathBuf::from(folder.path())], Descriptions::builtin(), options, &|_, _| {})
    };
    let (some, all) = (of(false), of(true));
    let places = |scan: &lensai::engine::Scan| -> Vec<String> {
        scan.calls.iter().map(|call| format!("{}:{}", call.path, call.start.line)).collect()
    };
    assert_eq!(places(&some), places(&all), "with and without choosing files");
    assert_eq!(some.calls, all.calls);
    assert_eq!(places(&some), expected);
}

#[test]
fn a_client_of_another_file() {
    check(
        "== clients.py\nfrom openai import OpenAI\nclient = OpenAI()\n\
         == a.py\nfrom clients import client\nclient.responses.create(model='gpt-4o')\n\
         == b.py\nimport clients\nclients.client.responses.create(model='gpt-4o')\n\
         == c.py\nimport clients as them\nthem.client.responses.create(model='gpt-4o')\n\
         == d.py\nfrom clients import *\nclient.responses.create(model='gpt-4o')\n\
         == e.py\nfrom clients import client as other\nother.responses.create(model='gpt-4o')\n",
        &["a.py:2", "b.py:2", "c.py:2", "d.py:2", "e.py:2"],
    );
}

#[test]
fn a_client_that_goes_through_several_files() {
    check(
        "== app/base.py\nfrom openai import OpenAI\nclass Base:\n    def __init__(self):\n        self.client = OpenAI()\n\
         == app/__init__.py\nfrom .base import Base\n\
         == app/service.py\nfrom app import Base\nclass Service(Base):\n    pass\n\
         == app/factory.py\nfrom .service import Service as Made\ndef make():\n    return Made()\n\
         == main.py\nfrom app.factory import make\nmake().client.responses.create(model='gpt-4o')\n",
        &["main.py:2"],
    );
}

#[test]
fn a_file_that_was_looked_at_before_its_client_was_known() {
    check(
        "== one.py\nfrom openai import OpenAI\nclient = OpenAI()\n\
         == two.py\nfrom anthropic import Anthropic\nfrom one import client\n\
         class Holder:\n    def __init__(self):\n        self.inner = client\n\
         == three.py\nfrom two import Holder\nHolder().inner.responses.create(model='gpt-4o')\n",
        &["three.py:2"],
    );
}

#[test]
fn an_sdk_that_is_handed_on() {
    check(
        "== deps.py\nfrom openai import OpenAI\nimport litellm\nfrom langchain import chat_models\n\
         == a.py\nfrom deps import OpenAI\nOpenAI().responses.create(model='gpt-4o')\n\
         == b.py\nfrom deps import chat_models\nchat_models.ChatOpenAI(model='gpt-4o').invoke('hello')\n\
         == c.py\nimport deps\ndeps.OpenAI().responses.create(model='gpt-4o')\n",
        &["a.py:2", "b.py:2", "c.py:2"],
    );
}

#[test]
fn a_module_of_an_sdk() {
    check(
        "== a.py\nfrom langchain import chat_models\nchat_models.ChatOpenAI(model='gpt-4o').invoke('hello')\n\
         == b.py\nfrom google import genai\ngenai.Client().models.generate_content(model='gemini-2.5-pro', contents='x')\n\
         == c.py\nfrom langchain_core.documents import Document\nDocument('x').invoke('hello')\n",
        &["a.py:2", "b.py:2"],
    );
}

#[test]
fn chains_that_need_no_import() {
    check(
        "== a.py\ndef f(client, m):\n    return client.chat.completions.create(messages=m, model='gpt-4o')\n\
         == b.py\ndef f(client, **given):\n    return (client.chat\n      .completions\n      .create (**given))\n\
         == c.py\ndef f(client):\n    # client.chat.completions.create(model='gpt-4o', messages=[])\n    \
         return client.chat.completions.create(name='x')\n\
         == d.py\ndef f(client, m):\n    return client.chat.completions.create(messages=[')', \"\"\"(\n\"\"\"], # )\n      model='gpt-4o')\n\
         == e.ts\nexport const f = (client: any, messages: any) => client.chat.completions\n  ?.create({ model: 'gpt-4o', messages });\n",
        &["a.py:2", "b.py:2", "d.py:2", "e.ts:1"],
    );
}

#[test]
fn exports_of_scripts() {
    check(
        "== client.ts\nimport OpenAI from 'openai';\nexport const client = new OpenAI();\nexport default client;\n\
         == index.ts\nexport * from './client';\nexport { client as named, default } from './client';\n\
         == old.cjs\nconst { client } = require('./client.ts');\nmodule.exports = { held: client };\n\
         == a.ts\nimport { client } from './index';\nclient.responses.create({ model: 'gpt-4o' });\n\
         == b.ts\nimport { named as mine } from '.';\nmine.responses.create({ model: 'gpt-4o' });\n\
         == c.ts\nimport whatever from './client';\nwhatever.responses.create({ model: 'gpt-4o' });\n\
         == d.ts\nimport * as all from './index';\nall.client.responses.create({ model: 'gpt-4o' });\n\
         == e.cjs\nconst old = require('./old.cjs');\nold.held.responses.create({ model: 'gpt-4o' });\n",
        &["a.ts:2", "b.ts:2", "c.ts:2", "d.ts:2", "e.cjs:2"],
    );
}

#[test]
fn an_address_of_another_file() {
    let body = "{ method: 'POST', body: JSON.stringify({ model: 'gpt-4o', messages: [] }) }";
    check(
        &format!(
            "== constants.ts\nexport const URL = 'https://api.openai.com/v1/chat/completions';\n\
             export const at = (path: string) => `https://api.openai.com/v1/${{path}}/chat/completions`;\n\
             == index.ts\nexport * from './constants';\n\
             == a.ts\nimport {{ URL }} from './constants';\nexport const ask = () => fetch(URL, {body});\n\
             == b.ts\nimport {{ at }} from '.';\nexport const ask = () => fetch(at('x'), {body});\n\
             == c.ts\nimport {{ URL }} from './constants';\nexport const see = () => fetch('/status', {{}});\n\
             == settings.py\nclass Settings:\n    url = 'https://api.openai.com/v1/chat/completions'\nsettings = Settings()\n\
             == d.py\nimport requests\nfrom settings import settings\nrequests.post(settings.url, json={{'model': 'gpt-4o', 'messages': []}})\n",
        ),
        &["a.ts:2", "b.ts:2", "d.py:3"],
    );
}

#[test]
fn a_base_that_sends_with_the_client_of_classes_below_it_in_other_files() {
    check(
        "== base.py\nclass Base:\n    client = None\n    def ask(self, text):\n        return self.client.invoke(text)\n\
         == __init__.py\n\
         == hosted.py\nfrom langchain_openai import ChatOpenAI\nfrom base import Base\n\
         class Hosted(Base):\n    def __init__(self):\n        self.client = ChatOpenAI(model='gpt-4o')\n",
        &["base.py:4"],
    );
}

#[test]
fn an_agent_that_is_given_where_something_of_its_package_is_imported() {
    check(
        "== node.py\nfrom langchain_core.messages import HumanMessage\n\
         def node(state, agent):\n    return [HumanMessage(agent.invoke(state))]\n\
         == other.py\ndef node(state, agent):\n    return agent.invoke(state)\n",
        &["node.py:3"],
    );
}

#[test]
fn an_address_that_is_a_literal() {
    let ask = "json={'model': 'gpt-4o', 'messages': []})\n";
    check(
        &format!(
            "== a.py\nimport requests\n\"\"\"It says more.\"\"\"\nrequests.post('https://api.openai.com/v1/chat/completions', {ask}\
             == b.py\nimport requests\nrequests.post('''https://api.openai.com/v1/chat/completions''', {ask}\
             == c.py\nimport requests\nrequests.post(f'{{base['url']}}/v1/chat/completions', {ask}\
             == d.py\nimport requests\n\"\"\"See /v1/chat/completions.\"\"\"\nrequests.post(url, json={{'status': max_tokens}}) # temperature\n\
             == e.py\nimport requests\nurl = \"\"\"https://api.openai.com\"\"\" \"/v1/chat/completions\"\nrequests.post(url, {ask}",
        ),
        &["a.py:3", "b.py:2", "c.py:2", "e.py:3"],
    );
}
