// Runs the unit tests: each is bundled on its own and given to node's test runner.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { build } from 'esbuild';

process.chdir(path.resolve(import.meta.dirname, '..'));
const tests = readdirSync('test').filter((file) => file.endsWith('.test.ts'));
await build({
    entryPoints: tests.map((file) => `test/${file}`),
    outdir: 'dist/test',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
});
const bundled = tests.map((file) => `dist/test/${file.replace(/\.ts$/, '.js')}`);
execFileSync(process.execPath, ['--enable-source-maps', '--test', ...bundled], { stdio: 'inherit' });
