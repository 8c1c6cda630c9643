// Native add-ons check typed arrays by constructor, and Jest runs tests in another realm: share the host's ones.
// What a test file writes to the temporary folder goes away with it.
const { mkdtempSync, realpathSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

const SHARED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

// The AV1 encoder of tests reads the true environment, which a test cannot reach: errors only.
process.env.SVT_LOG ??= '1';
// So does ONNX Runtime, which tests load in this process: no usage reports.
process.env.ORT_DISABLE_TELEMETRY = '1';

module.exports = class LociEnvironment extends TestEnvironment {
  async setup() {
    this.hostTemporary = process.env.TMPDIR;
    this.temporary = mkdtempSync(join(realpathSync(tmpdir()), 'loci-test-'));
    this.setTemporary(this.temporary);
    await super.setup();
    for (const name of SHARED) this.global[name] = globalThis[name];
    this.global.process.env.TMPDIR = this.temporary;
  }

  async teardown() {
    await super.teardown();
    this.setTemporary(this.hostTemporary);
    rmSync(this.temporary, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Where this process and those that it starts make temporary folders; undefined: where the system says. */
  setTemporary(folder) {
    if (folder === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = folder;
  }
};
