// @ts-check
/**
 * ONNX Runtime without its install script: the JavaScript of `onnxruntime-node` and the CPU binaries of one platform, which its
 * package holds already. The script would fetch CUDA libraries from another host.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** What the install script downloads, where somebody let it run. */
const DOWNLOADED = /^(?:lib)?onnxruntime_providers_/;
/** On macOS a second copy of the library under its full version; the binding loads the other. */
const DOUBLE = /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

/** The folder of `onnxruntime-node` as npm installed it here. */
export const SOURCE = dirname(require.resolve('onnxruntime-node/package.json'));
/** Its version. @type {string} */
export const VERSION = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8')).version;

/** The platforms for which there are binaries, as `linux-x64`. */
export function platforms() {
  return readdirSync(bin()).flatMap((system) =>
    readdirSync(join(bin(), system)).map((processor) => `${system}-${processor}`),
  );
}

/**
 * Writes a package that can be loaded as `onnxruntime-node` can.
 *
 * @param {string} to
 * @param {string} platform `linux-x64`
 */
export function writeOnnxRuntime(to, platform) {
  const [system = '', processor = ''] = platform.split('-');
  const from = join(bin(), system, processor);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const code = join(SOURCE, 'dist');
  for (const file of readdirSync(code).filter((name) => /\.(?:js|d\.ts)$/.test(name))) {
    const text = readFileSync(join(code, file), 'utf8');
    mkdirSync(join(to, 'dist'), { recursive: true });
    // Their sources are TypeScript of another repository.
    writeFileSync(join(to, 'dist', file), text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
  }
  if (existsSync(from)) {
    const target = join(to, 'bin', ...bin().split(/[\\/]/).slice(-1), system, processor);
    for (const file of readdirSync(from)) {
      if (DOWNLOADED.test(file) || DOUBLE.test(file)) continue;
      cpSync(join(from, file), join(target, file), { dereference: true });
    }
  }
  writeFileSync(
    join(to, 'NOTICE.md'),
    readFileSync(new URL('onnxruntime-notice.md', import.meta.url), 'utf8').replaceAll(
      'VERSION',
      VERSION,
    ),
  );
  const manifest = {
    name: 'onnxruntime-node',
    version: VERSION,
    main: 'dist/index.js',
    types: 'dist/index.d.ts',
    license: 'MIT',
    type: 'commonjs',
  };
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** `bin/napi-v6` of the package. */
function bin() {
  const folder = join(SOURCE, 'bin');
  const [version = ''] = readdirSync(folder);
  return join(folder, version);
}
