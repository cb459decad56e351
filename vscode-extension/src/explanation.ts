/** How a call was found, as the server says it, in a document that nobody can edit. */
import { commands, Disposable, EventEmitter, type TextDocumentContentProvider, Uri, ViewColumn, window, workspace } from 'vscode';

import type { Server } from './client';

/** What a link in a hover asks for; the server is told this name. */
export const SHOW_EXPLANATION = 'lensai.showExplanation';
const SCHEME = 'lensai-explanation';

interface Wanted {
    readonly uri: string;
    readonly position: { readonly line: number; readonly character: number };
}

interface Answer {
    readonly text: string;
}

export class Explanations implements TextDocumentContentProvider {
    private readonly changed = new EventEmitter<Uri>();
    public readonly onDidChange = this.changed.event;
    private readonly document = Uri.parse(`${SCHEME}:/LensAI: explanation.txt`);
    private readonly parts: Disposable;
    private text = '';

    public constructor(private readonly server: () => Server) {
        this.parts = Disposable.from(
            this.changed,
            workspace.registerTextDocumentContentProvider(SCHEME, this),
            commands.registerCommand(SHOW_EXPLANATION, (wanted?: Wanted) => this.show(wanted ?? this.here())),
        );
    }

    public provideTextDocumentContent(): string {
        return this.text;
    }

    public dispose(): void {
        this.parts.dispose();
    }

    /** Where the cursor stands, when the command is called by its name. */
    private here(): Wanted | undefined {
        const editor = window.activeTextEditor;
        const client = this.server().running;
        if (editor === undefined || client === undefined) {
            return undefined;
        }
        const { line, character } = editor.selection.active;
        return { uri: client.code2ProtocolConverter.asUri(editor.document.uri), position: { line, character } };
    }

    private async show(wanted: Wanted | undefined): Promise<void> {
        const client = this.server().running;
        if (wanted === undefined || client === undefined) {
            return;
        }
        const params = { command: 'lensai.explain', arguments: [wanted] };
        const answer = await client.sendRequest<Answer | null>('workspace/executeCommand', params);
        if (answer === null) {
            return;
        }
        this.text = answer.text;
        this.changed.fire(this.document);
        const shown = await workspace.openTextDocument(this.document);
        await window.showTextDocument(shown, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: true });
    }
}
