/**
 * Where the server's binary is looked for: in this extension, then where the user's own settings say, then in `PATH`.
 *
 * A workspace has no say in it, or opening a folder could run what it holds: its settings are not asked, and parts of `PATH` that are
 * relative, and so would be looked for in the folder that is open, are left out.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';

/** What is known of the machine when the binary is looked for. */
export interface Machine {
    readonly platform: NodeJS.Platform;
    /** The folder that this extension is installed in. */
    readonly extension: string;
    /** `lensai.server.path`, as the user set it; empty when not set. */
    readonly setting: string;
    /** The environment's `PATH`. */
    readonly searchPath: string;
    readonly home: string;
}

export type Found =
    | { readonly kind: 'found'; readonly binary: string; readonly from: 'extension' | 'setting' | 'PATH' }
    | { readonly kind: 'missing'; readonly reason: string };

export async function findServer(machine: Machine, isProgram = isExecutable): Promise<Found> {
    const name = machine.platform === 'win32' ? 'lensai.exe' : 'lensai';
    const paths = machine.platform === 'win32' ? path.win32 : path.posix;

    const bundled = paths.join(machine.extension, 'bin', name);
    if (await isProgram(bundled)) {
        return { kind: 'found', binary: bundled, from: 'extension' };
    }

    const setting = machine.setting.trim();
    if (setting !== '') {
        const binary = setting.startsWith('~/') ? paths.join(machine.home, setting.slice(2)) : setting;
        // What the user names is what is meant: another one in `PATH` would be a surprise.
        if (!paths.isAbsolute(binary)) {
            return { kind: 'missing', reason: `the setting lensai.server.path (${setting}) is not an absolute path` };
        }
        if (!(await isProgram(binary))) {
            return { kind: 'missing', reason: `the setting lensai.server.path names ${binary}, which is not a program` };
        }
        return { kind: 'found', binary, from: 'setting' };
    }

    for (const folder of machine.searchPath.split(paths.delimiter)) {
        if (paths.isAbsolute(folder)) {
            const binary = paths.join(folder, name);
            if (await isProgram(binary)) {
                return { kind: 'found', binary, from: 'PATH' };
            }
        }
    }
    return {
        kind: 'missing',
        reason: `this extension has no binary for your system, lensai.server.path is not set, and there is no ${name} in PATH`,
    };
}

async function isExecutable(file: string): Promise<boolean> {
    try {
        await access(file, constants.X_OK);
        return (await stat(file)).isFile();
    } catch {
        return false;
    }
}
