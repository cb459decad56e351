/** The one connection to the server: started, stopped, and told about in the user's words when it cannot be. */
import * as os from 'node:os';
import * as path from 'node:path';
import { type ExtensionContext, commands, Uri, window, workspace } from 'vscode';
import {
    type DidChangeConfigurationMiddleware,
    type InlayHintsMiddleware,
    LanguageClient,
    type LanguageClientOptions,
    type ServerOptions,
    State,
} from 'vscode-languageclient/node';

import { SHOW_EXPLANATION } from './explanation';
import { findServer } from './server';
import { isEnabled, serverPath } from './settings';

/** The languages that calls are found in. Cells of notebooks are documents of these as well. */
const LANGUAGES = ['python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact'];
const SCHEMES = ['file', 'untitled', 'vscode-notebook-cell'];

export class Server {
    private readonly log = window.createOutputChannel('LensAI', { log: true });
    private client: LanguageClient | undefined;
    /** Starting and stopping come one after the other, whatever order they are asked for in. */
    private turn: Promise<void> = Promise.resolve();

    public constructor(
        private readonly context: ExtensionContext,
        /** Called when figures may have changed. */
        private readonly changed: () => void,
    ) {
        context.subscriptions.push(this.log);
    }

    /** The connection, when it stands. */
    public get running(): LanguageClient | undefined {
        return this.client?.state === State.Running ? this.client : undefined;
    }

    public showLog(): void {
        this.log.show(true);
    }

    /** Stops what runs, and starts anew unless LensAI is switched off. */
    public restart(): Promise<void> {
        return this.next(async () => {
            await this.halt();
            if (isEnabled()) {
                await this.start();
            }
            this.changed();
        });
    }

    public stop(): Promise<void> {
        return this.next(() => this.halt());
    }

    private next(step: () => Promise<void>): Promise<void> {
        this.turn = this.turn.then(step).catch((error: unknown) => {
            this.log.error(String(error));
        });
        return this.turn;
    }

    private async halt(): Promise<void> {
        const client = this.client;
        this.client = undefined;
        // One that never came up has nothing to stop, and says so by throwing.
        await client?.dispose().catch((error: unknown) => {
            this.log.debug(String(error));
        });
    }

    private async start(): Promise<void> {
        const found = await findServer({
            platform: process.platform,
            extension: this.context.extensionPath,
            setting: serverPath(),
            searchPath: process.env['PATH'] ?? '',
            home: os.homedir(),
        });
        if (found.kind === 'missing') {
            this.log.error(`no server: ${found.reason}`);
            void this.sayMissing(found.reason);
            return;
        }
        this.log.info(`server: ${found.binary} (from ${found.from})`);
        const client: LanguageClient = new LanguageClient(
            'lensai',
            'LensAI',
            serverOptions(found.binary),
            this.clientOptions(() => client),
        );
        this.client = client;
        client.onDidChangeState(() => {
            this.changed();
        });
        try {
            await client.start();
        } catch (error) {
            this.log.error(String(error));
            void this.sayBroken(found.binary);
        }
    }

    private clientOptions(own: () => LanguageClient): LanguageClientOptions {
        const inlayHints: InlayHintsMiddleware = {
            // Hints are asked for whenever something visible changed: just when the sum in the status bar may have.
            provideInlayHints: async (document, range, token, next) => {
                const hints = await next(document, range, token);
                this.changed();
                return hints;
            },
        };
        const settings: DidChangeConfigurationMiddleware = {
            // The change may be one that stops this client: telling it then is a fault that the user would be shown.
            didChangeConfiguration: async (sections, next) => {
                await this.turn;
                if (this.running === own()) {
                    await next(sections);
                }
            },
        };
        return {
            documentSelector: SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
            outputChannel: this.log,
            // Anything but true means that the folder is not trusted.
            initializationOptions: { trusted: workspace.isTrusted, explainCommand: SHOW_EXPLANATION },
            middleware: { ...inlayHints, workspace: settings },
            // The one link that a hover may have is that of this extension's own command.
            markdown: { isTrusted: { enabledCommands: [SHOW_EXPLANATION] }, supportHtml: false },
        };
    }

    private async sayMissing(reason: string): Promise<void> {
        const [install, settings] = ['How to install', 'Open settings'];
        const answer = await window.showErrorMessage(`LensAI has no server: ${reason}.`, install, settings);
        if (answer === install) {
            await commands.executeCommand('markdown.showPreview', Uri.joinPath(this.context.extensionUri, 'README.md'));
        } else if (answer === settings) {
            await commands.executeCommand('workbench.action.openSettings', 'lensai.server.path');
        }
    }

    private async sayBroken(binary: string): Promise<void> {
        const show = 'Show log';
        if ((await window.showErrorMessage(`LensAI's server did not start: ${binary}`, show)) === show) {
            this.showLog();
        }
    }
}

/** Not in the folder that is open: a program looks for libraries where it is started. */
function serverOptions(binary: string): ServerOptions {
    return { command: binary, args: ['lsp'], options: { cwd: path.dirname(binary) } };
}
