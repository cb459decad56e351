// VS Code with the packed extension, as a user sees it. Called by `screen`, which says where everything is.
import fs from 'node:fs';
import path from 'node:path';

import { browse, Profile, sleep, until } from './host.mjs';

const { WORKSPACE, FILE, OUT, VSIX, DESK, COST_DIRECT, COST_OF_CALLER } = process.env;
const out = (name) => path.join(OUT, name);
let passed = 0;
let failed = 0;

async function check(what, ask) {
    try {
        await until(what, ask);
        passed += 1;
        console.log(`ok ${what}`);
    } catch (error) {
        failed += 1;
        console.log(`FAIL ${error.message}`);
        await page.screenshot({ path: out(`vscode-failed-${failed}.png`) });
    }
}

// What a workspace would have run instead of the server, if it had a say in it.
const marker = path.join(DESK, 'run-by-the-workspace');
const trap = path.join(DESK, 'trap');
fs.writeFileSync(trap, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
fs.mkdirSync(path.join(WORKSPACE, '.vscode'));
fs.writeFileSync(path.join(WORKSPACE, '.vscode', 'settings.json'), JSON.stringify({ 'lensai.server.path': trap }));

const profile = new Profile(path.join(DESK, 'vscode'), out('code-server.log'));

let page;
const editor = () => page.locator('.monaco-editor .view-lines').first();
/** What is rendered has blanks that do not break. */
const plain = (text) => text.replaceAll('\u00a0', ' ');
const text = async () => plain(await editor().innerText());
const all = async (selector) => plain((await page.locator(selector).allInnerTexts()).join('\n'));
const line = async (part) => (await text()).split('\n').find((found) => found.includes(part)) ?? '';
const hintOf = async (part) => (await line(part)).split(part)[1]?.trim() ?? '';

/** Runs a command of the palette by its name. */
async function command(name) {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').first().fill(`>${name}`);
    await choose(name);
}

/** Clicks the entry of the open list that holds a text. */
async function choose(text) {
    await page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
}

async function goTo(lineNumber, column) {
    await page.keyboard.press('Control+g');
    await page.locator('.quick-input-widget input').first().fill(`:${lineNumber}:${column}`);
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** A window on a file, while `tests` look at it. */
async function session(trust, port, file, tests) {
    const server = await profile.start(port, { trust });
    const chromium = await browse();
    page = chromium.page;
    try {
        await page.goto(server.address(WORKSPACE, file), { waitUntil: 'domcontentloaded' });
        await editor().waitFor({ timeout: 60_000 });
        await tests();
    } catch (error) {
        failed += 1;
        console.log(`FAIL ${error.stack}`);
        await page.screenshot({ path: out('vscode-failed.png') });
    } finally {
        await chromium.browser.close();
        await server.stop();
    }
}

/** Chooses an entry of the menu behind the status bar. */
async function menu(entry) {
    await command('LensAI: Show the Menu');
    await choose(entry);
}

const hintIsThere = async () => (await hintOf('acompletion(')).startsWith(COST_OF_CALLER);
const hintIsGone = async () => (await line('acompletion(')) !== '' && (await hintOf('acompletion(')) === '';

async function features() {
    await check('hint at a call', async () => (await hintOf('chat.completions.create(')).startsWith(COST_DIRECT));
    await check('hint whose model comes from another function', hintIsThere);
    await check('finding under the model', () => page.locator('.squiggly-warning, .squiggly-error, .squiggly-info').count());
    await check('cost of the file in the status bar', async () => /LLM ≈ \$0\.\d+/.test(await all('.statusbar')));
    await page.screenshot({ path: out('vscode-hints.png') });

    await page.locator('.view-line span', { hasText: 'completions' }).first().hover();
    await check('hover', async () => /a call · deepseek-chat[\s\S]*answer[\s\S]*\$/.test(await all('.monaco-hover')));
    await page.screenshot({ path: out('vscode-hover.png') });
    await page.mouse.move(640, 780);

    await goTo(13, 18);
    await page.keyboard.press('Control+Space');
    await check('completion of the model', async () => /deepseek-/.test(await all('.suggest-widget .monaco-list-row')));
    await sleep(300);
    await page.screenshot({ path: out('vscode-completion.png') });
    await page.keyboard.press('Escape');

    await goTo(12, 30);
    const action = page.locator('.action-widget .monaco-list-row', { hasText: 'Limit the answer' }).first();
    await check('code actions offered', async () => {
        // A key that comes while something closes is lost, as it is for people: they press it again.
        await page.keyboard.press('Control+.');
        await action.waitFor({ timeout: 4000 }).catch(() => {});
        return action.isVisible();
    });
    await page.screenshot({ path: out('vscode-actions.png') });
    await action.click();
    await check('code action applied', async () => /max_(completion_)?tokens=\d+/.test(await text()));
    await page.screenshot({ path: out('vscode-applied.png') });

    await command('Problems: Focus on Problems View');
    await check('findings in the Problems view', async () => /(retired|deprecated)/.test(await all('.markers-panel')));
    await page.screenshot({ path: out('vscode-problems.png') });
    await page.keyboard.press('Control+j');

    await menu('Hide the hints');
    await check('a setting that changes takes effect at once', hintIsGone);
    await menu('Show the hints');
    await check('and when it is taken back', hintIsThere);
    await menu('Switch LensAI off');
    await check('the master switch takes all of it away', async () => (await hintIsGone()) && !(await all('.statusbar')).includes('≈ $'));
    await menu('Switch LensAI on');
    await check('and brings it back', hintIsThere);

    const lenses = () => all('.codelens-decoration');
    await check('no code lens without the setting', async () => (await lenses()) === '');
    profile.set({ 'lensai.codeLens.enable': true });
    await check('code lens of a function', async () => (await lenses()).includes(`${COST_DIRECT} · 1 call`));
    await page.screenshot({ path: out('vscode-lenses.png') });
    profile.set({ 'lensai.codeLens.enable': false });
    await check('code lens goes with the setting', async () => (await lenses()) === '');

    await goTo(13, 18);
    await page.keyboard.type('no-such-model-');
    await check('hint follows the edit', async () => (await hintOf('chat.completions.create(')).startsWith('?'));
    await check('nothing was complained about', async () => (await all('.notification-toast')) === '');
}

/** Client, model and call are in three cells. */
async function notebook() {
    // As a user opens it: named in the address it would be opened as a text.
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'notebooks' }).click();
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'evaluate.ipynb' }).dblclick();
    await page.locator('.notebookOverlay .view-line').first().waitFor();
    await page.mouse.move(800, 500);
    await check('hint in a cell of a notebook, whose model is in another', async () => {
        // Only cells that are seen are drawn.
        await page.mouse.wheel(0, 100);
        return /create\(.*≈ \$0\.\d+/.test(await all('.notebookOverlay .view-line'));
    });
    await page.screenshot({ path: out('vscode-notebook.png') });
}

/** Without a server of its own, none in PATH, and with a workspace that offers one. */
async function trust() {
    await check('hints in a folder that is not trusted', hintIsThere);
    for (const folder of fs.readdirSync(profile.extensions).filter((name) => name.startsWith('lensai.'))) {
        fs.rmSync(path.join(profile.extensions, folder, 'bin'), { recursive: true, force: true });
    }
    await command('LensAI: Restart the Server');
    await check('a missing server is said to be missing', async () => (await all('.notification-toast')).includes('LensAI has no server'));
    await page.screenshot({ path: out('vscode-missing.png') });
    await check('a workspace cannot say which program is run', () => !fs.existsSync(marker));
    profile.set({ 'lensai.server.path': process.env.LENSAI });
    await page.reload({ waitUntil: 'domcontentloaded' });
    await check('a path in the settings of the machine is taken', hintIsThere);
    await check('and still not that of the workspace', () => !fs.existsSync(marker));
}

await profile.install(VSIX);
await session(false, 8123, FILE, features);
await session(false, 8124, 'lensai.toml', notebook);
await session(true, 8125, FILE, trust);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
