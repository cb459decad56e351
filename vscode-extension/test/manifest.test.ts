import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Setting {
    scope?: string;
    properties?: Record<string, unknown>;
}

interface Manifest {
    version: string;
    main: string;
    icon: string;
    dependencies?: unknown;
    capabilities: { untrustedWorkspaces: { supported: unknown; restrictedConfigurations: string[] } };
    contributes: { configuration: { properties: Record<string, Setting> }; commands: { command: string }[] };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const settings = manifest.contributes.configuration.properties;

test('a workspace cannot say which program is run', () => {
    assert.equal(settings['lensai.server.path']?.scope, 'machine');
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes('lensai.server.path'));
});

test('every finding has its severity, and no other', () => {
    const pages = readdirSync('../docs/findings').filter((page) => page !== 'README.md');
    const codes = pages.map((page) => page.replace(/\.md$/, '')).sort();
    assert.deepEqual(Object.keys(settings['lensai.severity']?.properties ?? {}).sort(), codes);
});

test('every command and setting is in the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    for (const name of Object.keys(settings)) {
        assert.ok(readme.includes(`\`${name}\``), name);
    }
});

test('what the manifest names is there', () => {
    assert.ok(existsSync(manifest.icon));
    assert.equal(manifest.main, './dist/extension.js');
    // All that it needs is bundled.
    assert.equal(manifest.dependencies, undefined);
    assert.ok(readFileSync('../Cargo.toml', 'utf8').includes(`version = "${manifest.version}"`));
});
