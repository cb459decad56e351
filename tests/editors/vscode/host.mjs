// VS Code without a desktop: its server (code-server) on a port of loopback, and Chromium that shows it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const editors = process.env.EDITORS;
const { chromium } = createRequire(path.join(editors, 'playwright', 'package.json'))('playwright-core');
const entry = path.join(editors, 'code-server', 'node_modules', 'code-server', 'out', 'node', 'entry.js');

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a question is answered with something, and gives that. */
export async function until(what, ask, limit = 20_000) {
    const end = Date.now() + limit;
    let last;
    while (Date.now() < end) {
        try {
            last = await ask();
            if (last) {
                return last;
            }
        } catch (error) {
            last = error;
        }
        await sleep(100);
    }
    throw new Error(`${what}: not within ${limit / 1000} s; last: ${String(last).slice(0, 2000)}`);
}

/** Nothing that would ask the network, cover the editor, or write to the disk by itself. */
const SETTINGS = {
    'chat.disableAIFeatures': true,
    'editor.minimap.enabled': false,
    'extensions.autoCheckUpdates': false,
    'extensions.autoUpdate': false,
    'extensions.ignoreRecommendations': true,
    'files.autoSave': 'off',
    'git.enabled': false,
    'security.workspace.trust.startupPrompt': 'never',
    'security.workspace.trust.banner': 'never',
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'workbench.enableExperiments': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'window.commandCenter': false,
};

/** In a browser the user and the machine that the server runs on have settings of their own. */
const SCOPES = ['User', 'Machine'];

/** A user's VS Code: settings and extensions in a folder of its own. */
export class Profile {
    constructor(folder, log) {
        this.folder = folder;
        this.log = log;
        this.extensions = path.join(folder, 'extensions');
        for (const scope of SCOPES) {
            fs.mkdirSync(path.join(folder, 'data', scope), { recursive: true });
        }
        fs.mkdirSync(this.extensions, { recursive: true });
        fs.writeFileSync(path.join(folder, 'config.yaml'), 'auth: none\ncert: false\n');
        this.set({});
    }

    /** Writes the user's settings, which VS Code reads when a window is opened. */
    set(settings) {
        for (const scope of SCOPES) {
            const file = path.join(this.folder, 'data', scope, 'settings.json');
            fs.writeFileSync(file, JSON.stringify({ ...SETTINGS, ...settings }, null, 2));
        }
    }

    async install(vsix) {
        const child = this.#run(['--install-extension', vsix, '--force']);
        const code = await new Promise((resolve) => child.once('exit', resolve));
        if (code !== 0) {
            throw new Error(`installing ${vsix}: exit code ${code}, see ${this.log}`);
        }
    }

    /** Starts the server; `trust` is whether a folder can be one that is not trusted. */
    async start(port, { trust }) {
        const options = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
        if (!trust) {
            options.push('--disable-workspace-trust');
        }
        const child = this.#run(['--bind-addr', `127.0.0.1:${port}`, ...options]);
        const url = `http://127.0.0.1:${port}/`;
        await until('code-server answers', async () => (await fetch(`${url}healthz`)).ok, 30_000);
        return {
            url,
            /** The address of a folder with some of its files open. */
            address(folder, ...files) {
                const payload = files.map((file) => ['openFile', `vscode-remote://127.0.0.1:${port}${path.join(folder, file)}`]);
                return `${url}?${new URLSearchParams({ folder, payload: JSON.stringify(payload) })}`;
            },
            async stop() {
                // The whole group: its children are servers of extensions.
                for (const signal of ['SIGTERM', 'SIGKILL']) {
                    if (child.exitCode === null && child.signalCode === null) {
                        process.kill(-child.pid, signal);
                        await Promise.race([new Promise((resolve) => child.once('exit', resolve)), sleep(4000)]);
                    }
                }
            },
        };
    }

    #run(options) {
        const own = ['--config', path.join(this.folder, 'config.yaml'), '--user-data-dir', path.join(this.folder, 'data')];
        const log = fs.openSync(this.log, 'a');
        return spawn(process.execPath, [entry, ...own, '--extensions-dir', this.extensions, ...options], {
            stdio: ['ignore', log, log],
            detached: true,
            // Without an address of a marketplace it is not looked for.
            env: { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}' },
        });
    }
}

/** A browser with one page that reaches nothing but this machine. */
export async function browse() {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-background-networking',
            '--disable-component-update',
            '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
        ],
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
    return { browser, page: await context.newPage() };
}
