/** The settings that this extension itself acts on; the server asks for the others. */
import { workspace } from 'vscode';

export function isEnabled(): boolean {
    return workspace.getConfiguration('lensai').get('enable', true);
}

/** What the user set for this machine. What a workspace says is not asked for. */
export function serverPath(): string {
    return workspace.getConfiguration('lensai').inspect<string>('server.path')?.globalValue ?? '';
}
