/** LensAI in VS Code: a client of the language server, a sum in the status bar, a few commands. */
import { commands, type ExtensionContext, type QuickPickItem, window, workspace } from 'vscode';

import { Server } from './client';
import { Explanations } from './explanation';
import { isEnabled } from './settings';
import { Status } from './status';

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
    const status = new Status(() => started);
    const started = new Server(context, () => {
        status.refreshSoon();
    });
    server = started;
    context.subscriptions.push(
        status,
        commands.registerCommand('lensai.restart', () => started.restart()),
        commands.registerCommand('lensai.showLog', () => {
            started.showLog();
        }),
        commands.registerCommand('lensai.refreshFigures', () => refresh(started, status)),
        commands.registerCommand('lensai.menu', showMenu),
        new Explanations(() => started),
        workspace.onDidChangeConfiguration(async (event) => {
            if (event.affectsConfiguration('lensai.enable') || event.affectsConfiguration('lensai.server.path')) {
                await started.restart();
            }
        }),
        workspace.onDidGrantWorkspaceTrust(() => started.restart()),
    );
    await started.restart();
}

export async function deactivate(): Promise<void> {
    await server?.stop();
}

async function refresh(started: Server, status: Status): Promise<void> {
    await started.running?.sendRequest('workspace/executeCommand', { command: 'lensai.refresh', arguments: [] });
    status.refreshSoon(0);
}

/** What the item in the status bar opens: the switches, so that nobody has to look for them. */
async function showMenu(): Promise<void> {
    const settings = workspace.getConfiguration('lensai');
    const hints = settings.get<boolean>('hints.enable', true);
    const choices: (QuickPickItem & { run: () => Thenable<unknown> })[] = [
        { label: hints ? 'Hide the hints' : 'Show the hints', run: () => settings.update('hints.enable', !hints, true) },
        { label: isEnabled() ? 'Switch LensAI off' : 'Switch LensAI on', run: () => settings.update('enable', !isEnabled(), true) },
        { label: 'Settings', run: () => commands.executeCommand('workbench.action.openSettings', '@ext:lensai.lensai') },
        { label: 'Show the log', run: () => commands.executeCommand('lensai.showLog') },
        { label: 'Restart the server', run: () => commands.executeCommand('lensai.restart') },
    ];
    await (await window.showQuickPick(choices, { title: 'LensAI' }))?.run();
}
