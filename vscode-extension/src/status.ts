/** The status bar: what the calls of the file that is looked at cost together. */
import { Disposable, MarkdownString, StatusBarAlignment, type StatusBarItem, type TextDocument, window, workspace } from 'vscode';

import type { Server } from './client';
import { isEnabled } from './settings';
import { statusOf, type TotalsAnswer } from './totals';

/** After the last change, before the server is asked. */
const QUIET_MS = 200;

export class Status {
    private readonly item: StatusBarItem;
    private readonly parts: Disposable;
    private waiting: NodeJS.Timeout | undefined;
    /** Which question is the newest: answers to others come too late. */
    private asked = 0;

    public constructor(private readonly server: () => Server) {
        this.item = window.createStatusBarItem('lensai.cost', StatusBarAlignment.Right, 100);
        this.item.name = 'LensAI: cost of the file';
        this.item.command = 'lensai.menu';
        this.parts = Disposable.from(
            this.item,
            window.onDidChangeActiveTextEditor(() => {
                this.refreshSoon(0);
            }),
            workspace.onDidChangeTextDocument((event) => {
                if (event.document === window.activeTextEditor?.document) {
                    this.refreshSoon();
                }
            }),
        );
    }

    /** The last figure stays until the new one is there. */
    public refreshSoon(afterMs = QUIET_MS): void {
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => void this.refresh(), afterMs);
    }

    public dispose(): void {
        clearTimeout(this.waiting);
        this.parts.dispose();
    }

    private async refresh(): Promise<void> {
        this.asked += 1;
        const question = this.asked;
        const document = window.activeTextEditor?.document;
        const shown = isEnabled() && document !== undefined ? await this.ask(document) : undefined;
        if (question !== this.asked) {
            return;
        }
        if (shown === undefined) {
            this.item.hide();
            return;
        }
        this.item.text = shown.text;
        this.item.tooltip = new MarkdownString(shown.tooltip);
        this.item.show();
    }

    private async ask(document: TextDocument): Promise<{ text: string; tooltip: string } | undefined> {
        const client = this.server().running;
        if (client === undefined) {
            return undefined;
        }
        try {
            const uri = client.code2ProtocolConverter.asUri(document.uri);
            const totals = (params: { uri?: string }) => client.sendRequest<TotalsAnswer>('lensai/totals', params);
            return statusOf(...(await Promise.all([totals({ uri }), totals({})])));
        } catch {
            // The server is going down, or is older than the request: there is no figure then.
            return undefined;
        }
    }
}
