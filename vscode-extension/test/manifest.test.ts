import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
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

test('every finding has its severity, as its documentation says', () => {
    const table = readFileSync('../docs/findings/README.md', 'utf8').matchAll(/^\| \[`([a-z-]+)`\]\(.*\) \| (\w+) \| (.*) \|$/gm);
    const documented = [...table].map(([, code = '', level = '', says = '']) => {
        const description = `${says.charAt(0).toUpperCase()}${says.slice(1)}.`;
        return [code, { type: 'string', enum: ['hint', 'info', 'warning', 'error', 'off'], default: level, description }];
    });
    assert.ok(documented.length > 5);
    assert.deepEqual(settings['lensai.severity']?.properties, Object.fromEntries(documented));
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
