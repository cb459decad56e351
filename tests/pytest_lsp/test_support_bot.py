"""`lensai lsp` as a client sees it that nobody of this project wrote: open, edit, hint, hover, diagnose, act, complete.

pytest-lsp knows what VS Code, Neovim and Emacs can do, and complains of answers that they do not understand. What a
call costs comes from `lensai scan` on the same files.
"""

import asyncio
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

LENSAI = os.environ["LENSAI"]
FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "support-bot"
TRANSLATE = "service/support_bot/llm/translate.py"
CLIENTS = ["visual-studio-code", "neovim@v0.11", "emacs"]


@pytest.fixture(scope="session")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workspace") / "support-bot"
    shutil.copytree(FIXTURE, folder)
    # Ends the search for settings.
    (folder / ".git").mkdir()
    return folder


@pytest.fixture(scope="session")
def costs(workspace):
    """Expected US dollars by path and line, as the command line has them."""
    scan = [LENSAI, "scan", ".", "--format", "json"]
    report = json.loads(subprocess.run(scan, cwd=workspace, check=True, capture_output=True).stdout)
    return {
        (call["path"], call["range"]["start"]["line"]): call["cost_usd"] and call["cost_usd"]["expected"]
        for call in report["calls"]
        if call["kind"] == "direct" and call["cell"] is None
    }


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[LENSAI, "lsp"]), params=CLIENTS)
async def client(request, lsp_client: LanguageClient, workspace):
    # What a server may ask of these clients and pytest-lsp has no answer to.
    for method in [
        types.CLIENT_REGISTER_CAPABILITY,
        types.WORKSPACE_INLAY_HINT_REFRESH,
        types.WORKSPACE_CODE_LENS_REFRESH,
    ]:
        lsp_client.feature(method)(lambda *_: None)
    params = types.InitializeParams(
        capabilities=client_capabilities(request.param),
        workspace_folders=[types.WorkspaceFolder(uri=workspace.as_uri(), name="support-bot")],
        root_uri=workspace.as_uri(),
    )
    answer = await lsp_client.initialize_session(params)
    lsp_client.pulls = answer.capabilities.diagnostic_provider is not None
    yield
    await lsp_client.shutdown_session()


class Document:
    """A file of the workspace, open in the client."""

    def __init__(self, client: LanguageClient, workspace: pathlib.Path, path: str):
        self.client = client
        self.path = path
        self.uri = (workspace / path).as_uri()
        self.text = (workspace / path).read_text()
        self.version = 1
        language = "python" if path.endswith(".py") else "typescript"
        item = types.TextDocumentItem(uri=self.uri, language_id=language, version=1, text=self.text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))

    @property
    def id(self):
        return types.TextDocumentIdentifier(uri=self.uri)

    def place(self, part: str, into: int = 0):
        """Where a text stands that is all ASCII up to its end of the line."""
        before = self.text[: self.text.index(part) + into]
        return types.Position(line=before.count("\n"), character=len(before) - before.rfind("\n") - 1)

    def edit(self, old: str, new: str):
        start = self.place(old)
        end = types.Position(line=start.line, character=start.character + len(old))
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        change = types.TextDocumentContentChangePartial(range=types.Range(start=start, end=end), text=new)
        document = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
        )

    async def hints(self):
        """The labels by line, counted from 1."""
        whole = types.Range(start=types.Position(0, 0), end=types.Position(self.text.count("\n") + 1, 0))
        params = types.InlayHintParams(text_document=self.id, range=whole)
        hints = await self.client.text_document_inlay_hint_async(params)
        return {hint.position.line + 1: hint.label for hint in hints or []}

    async def diagnostics(self):
        """By code: the lines. Pulled or pushed, as the server has it with this client."""
        if self.client.pulls:
            params = types.DocumentDiagnosticParams(text_document=self.id)
            found = (await self.client.text_document_diagnostic_async(params)).items
        else:
            found = self.client.diagnostics.get(self.uri, [])
        return {diagnostic.code: diagnostic.range.start.line + 1 for diagnostic in found}


async def until(condition, limit=20.0):
    """Asks again until the answer holds; gives the last one, so that a failure shows it."""
    end = asyncio.get_running_loop().time() + limit
    while True:
        answer = await condition()
        if answer[0] or asyncio.get_running_loop().time() > end:
            assert answer[0], answer[1]
            return answer[1]
        await asyncio.sleep(0.05)


def shows(label: str, expected: str | None):
    """Whether a hint shows this cost, with as many digits as it has."""
    if expected is None:
        return label.startswith("?")
    shown = re.match(r"(≈ |<)\$(\d+(?:\.(\d+))?)", label)
    if shown is None:
        return False
    if shown[1] == "<":
        return float(expected) < float(shown[2])
    return abs(float(expected) - float(shown[2])) <= 0.51 * 10 ** -len(shown[3] or "")


async def hints_as_scanned(document: Document, costs):
    expected = {line: cost for (path, line), cost in costs.items() if path == document.path}
    assert expected

    async def same():
        hints = await document.hints()
        equal = hints.keys() == expected.keys() and all(shows(hints[line], cost) for line, cost in expected.items())
        return equal, f"hints {hints}, but scan says {expected}"

    await until(same)


@pytest.mark.parametrize(
    "path",
    [TRANSLATE, "service/support_bot/llm/drafts.py", "web/lib/ai/replyAssistant.ts", "web/app/api/chat/route.ts"],
)
async def test_hints_are_those_of_the_scan(client, workspace, costs, path):
    document = Document(client, workspace, path)
    await hints_as_scanned(document, costs)
    assert all(len(label) <= 24 for label in (await document.hints()).values())


async def test_hints_follow_an_edit_and_its_undoing(client, workspace, costs):
    document = Document(client, workspace, TRANSLATE)
    await hints_as_scanned(document, costs)
    document.edit('"deepseek-chat"', '"no-such-model"')

    async def unknown():
        hints = await document.hints()
        return hints.get(12, "").startswith("?"), hints

    await until(unknown)
    document.edit('"no-such-model"', '"deepseek-chat"')
    await hints_as_scanned(document, costs)


async def test_a_constant_in_another_open_file_changes_the_hint(client, workspace, costs):
    drafts = Document(client, workspace, "service/support_bot/llm/drafts.py")
    settings = Document(client, workspace, "service/support_bot/settings.py")
    await hints_as_scanned(drafts, costs)
    settings.edit("claude-sonnet-4-5", "no-such-model")

    async def unknown():
        hints = await drafts.hints()
        return hints.get(26, "").startswith("?"), hints

    await until(unknown)
    settings.edit("no-such-model", "claude-sonnet-4-5")
    await hints_as_scanned(drafts, costs)


async def test_hover(client, workspace):
    document = Document(client, workspace, TRANSLATE)
    for part in ["completions.create", "deepseek-chat"]:
        place = document.place(part, into=2)

        async def hovers():
            params = types.HoverParams(text_document=document.id, position=place)
            hover = await client.text_document_hover_async(params)
            value = hover.contents.value if hover else ""
            return "deepseek-chat" in value and "$" in value, value

        await until(hovers)


async def test_findings_and_their_quick_fix(client, workspace):
    document = Document(client, workspace, TRANSLATE)

    async def found():
        codes = await document.diagnostics()
        return codes.get("unbounded-output") and ("retired-model" in codes or "deprecated-model" in codes), codes

    await until(found)
    place = document.place("completions.create")
    context = types.CodeActionContext(diagnostics=list(client.diagnostics.get(document.uri, [])))
    params = types.CodeActionParams(
        text_document=document.id, range=types.Range(start=place, end=place), context=context
    )
    actions = await client.text_document_code_action_async(params) or []
    limit = [action for action in actions if action.title.startswith("Limit the answer")]
    assert limit, [action.title for action in actions]
    changes = limit[0].edit.changes or {
        change.text_document.uri: change.edits for change in limit[0].edit.document_changes
    }
    (edit,) = changes[document.uri]
    assert re.search(r"max_(completion_)?tokens\s*=\s*\d+", edit.new_text)

    # Applied, its finding is gone.
    lines = document.text.splitlines(keepends=True)
    old = lines[edit.range.start.line]
    assert edit.range.start == edit.range.end
    column = edit.range.start.character
    assert old.isascii()
    document.edit("".join(lines[edit.range.start.line]), old[:column] + edit.new_text + old[column:])

    async def mended():
        codes = await document.diagnostics()
        return codes and "unbounded-output" not in codes, codes

    await until(mended)


async def test_completion_inside_a_model(client, workspace):
    document = Document(client, workspace, TRANSLATE)
    place = document.place('"deepseek-chat"', into=len('"deepseek-'))

    async def completes():
        params = types.CompletionParams(text_document=document.id, position=place)
        answer = await client.text_document_completion_async(params)
        items = answer.items if isinstance(answer, types.CompletionList) else answer or []
        names = [item.label for item in items]
        priced = [item for item in items if "$" in (item.detail or "")]
        return "deepseek-chat" in names and priced, names

    await until(completes)


async def test_totals(client, workspace, costs):
    document = Document(client, workspace, TRANSLATE)
    await hints_as_scanned(document, costs)
    answer = await client.protocol.send_request_async("lensai/totals", {"uri": document.uri})
    expected = [cost for (path, _), cost in costs.items() if path == TRANSLATE]
    assert answer.totals.calls == len(expected)
    assert float(answer.totals.expectedUsd) == pytest.approx(sum(float(cost) for cost in expected if cost))


