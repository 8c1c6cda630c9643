// @ts-check
/**
 * Prepares what is published instead of `@loci/backends` with the binaries of one platform: one package of binaries for each platform, which
 * npm installs on that platform alone, and `@loci/backends` without any, which names them all. Prints their folders.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VERSION, platforms, writeOnnxRuntime } from './onnxruntime.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const STAGE = join(ROOT, 'tools/dist/packages');
const BACKENDS = join(ROOT, 'packages/backends');

const manifest = JSON.parse(readFileSync(join(BACKENDS, 'package.json'), 'utf8'));
rmSync(STAGE, { recursive: true, force: true });

/** @param {string} platform */
function nameOf(platform) {
  return `@loci/onnxruntime-${platform}`;
}

/** @param {string} platform @returns {string} its folder */
function stageBinaries(platform) {
  const folder = join(STAGE, `onnxruntime-${platform}`);
  const [system = '', processor = ''] = platform.split('-');
  writeOnnxRuntime(folder, platform);
  const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  write(join(folder, 'package.json'), {
    name: nameOf(platform),
    version: manifest.version,
    description: `ONNX Runtime ${VERSION} for ${platform}, CPU and WebGPU, for @loci/backends: no install script`,
    keywords: ['loci', 'onnxruntime', platform],
    license: manifest.license,
    repository: { ...manifest.repository, directory: 'tools/package' },
    engines: manifest.engines,
    os: [system],
    cpu: [processor],
    main: own.main,
    types: own.types,
    files: ['bin', 'dist', 'NOTICE.md'],
    dependencies: { 'onnxruntime-common': VERSION },
  });
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  const page = `# ${nameOf(platform)}\n\nThe part of ONNX Runtime ${VERSION} that \`@loci/backends\` runs on this platform. npm installs it with that package; NOTICE.md has its licenses (MIT).\n`;
  writeFileSync(join(folder, 'README.md'), page);
  return folder;
}

/** @returns {string} its folder */
function stageBackends() {
  const folder = join(STAGE, 'backends');
  mkdirSync(folder, { recursive: true });
  for (const part of [...manifest.files, 'LICENSE', 'README.md']) {
    cpSync(join(BACKENDS, part), join(folder, part), { recursive: true });
  }
  rmSync(join(folder, 'dist/vendor/onnxruntime-node'), { recursive: true });
  const optionalDependencies = Object.fromEntries(
    platforms().map((platform) => [nameOf(platform), manifest.version]),
  );
  write(join(folder, 'package.json'), { ...manifest, optionalDependencies });
  return folder;
}

/** @param {string} path @param {object} value */
function write(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

process.stdout.write(`${[stageBackends(), ...platforms().map(stageBinaries)].join('\n')}\n`);
