import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findServer, type Machine } from '../src/server';

const LINUX: Machine = { platform: 'linux', extension: '/ext', setting: '', searchPath: '/usr/bin:/opt/bin', home: '/home-of-me' };
const WINDOWS: Machine = { ...LINUX, platform: 'win32', extension: 'C:\\ext', searchPath: 'C:\\tools;D:\\more' };

/** Looks on a machine that has just these programs. */
function find(machine: Machine, ...programs: string[]) {
    return findServer(machine, (file) => Promise.resolve(programs.includes(file)));
}

test('the binary of the extension comes first, then the setting, then PATH', async () => {
    const machine = { ...LINUX, setting: '/mine/lensai' };
    const all = ['/ext/bin/lensai', '/mine/lensai', '/opt/bin/lensai'];
    assert.deepEqual(await find(machine, ...all), { kind: 'found', binary: '/ext/bin/lensai', from: 'extension' });
    assert.deepEqual(await find(machine, ...all.slice(1)), { kind: 'found', binary: '/mine/lensai', from: 'setting' });
    assert.deepEqual(await find(LINUX, ...all.slice(2)), { kind: 'found', binary: '/opt/bin/lensai', from: 'PATH' });
});

test('Windows has its own names and separators', async () => {
    assert.deepEqual(await find(WINDOWS, 'D:\\more\\lensai.exe'), { kind: 'found', binary: 'D:\\more\\lensai.exe', from: 'PATH' });
    assert.deepEqual(await find(WINDOWS, 'C:\\ext\\bin\\lensai.exe'), {
        kind: 'found',
        binary: 'C:\\ext\\bin\\lensai.exe',
        from: 'extension',
    });
});

test('the home folder can be written as ~', async () => {
    const found = await find({ ...LINUX, setting: '~/bin/lensai' }, '/home-of-me/bin/lensai');
    assert.equal(found.kind === 'found' && found.binary, '/home-of-me/bin/lensai');
});

test('a setting that names nothing is said to, and nothing else is taken', async () => {
    const found = await find({ ...LINUX, setting: '/gone/lensai' }, '/usr/bin/lensai');
    assert.match(found.kind === 'missing' ? found.reason : '', /lensai\.server\.path names \/gone\/lensai, which is not a program/);
});

test('nothing relative is looked for, since that could be in the folder that is open', async () => {
    const inFolder = ['lensai', './lensai', 'bin/lensai', './bin/lensai'];
    for (const machine of [
        { ...LINUX, setting: 'bin/lensai' },
        { ...LINUX, searchPath: '.::bin:./bin' },
    ]) {
        assert.equal((await find(machine, ...inFolder)).kind, 'missing');
    }
});

test('what is missing is named', async () => {
    const found = await find(LINUX);
    assert.match(found.kind === 'missing' ? found.reason : '', /there is no lensai in PATH/);
});
