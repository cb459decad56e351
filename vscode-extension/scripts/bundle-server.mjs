// Puts a server into the extension: `npm run bundle-server [-- BINARY]`. Without an argument it is built for release from this repository.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const repository = path.resolve(root, '..');
const name = process.platform === 'win32' ? 'lensai.exe' : 'lensai';

const binary = process.argv[2] ?? released();
mkdirSync(path.join(root, 'bin'), { recursive: true });
const bundled = path.join(root, 'bin', name);
copyFileSync(binary, bundled);
chmodSync(bundled, 0o755);
console.log(`bin/${name}: ${(statSync(bundled).size / 1e6).toFixed(1)} MB, ${execFileSync(bundled, ['--version'], { encoding: 'utf8' }).trim()}`);

function released() {
    execFileSync('cargo', ['build', '--release', '--locked', '-p', 'lensai'], { cwd: repository, stdio: 'inherit' });
    const target = process.env.CARGO_TARGET_DIR ?? path.join(repository, 'target');
    return path.join(path.resolve(repository, target), 'release', name);
}
