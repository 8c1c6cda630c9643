import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { noticesPage, partsOf } from '../../package/notices.mjs';
import { VERSION, platforms, writeOnnxRuntime } from '../../package/onnxruntime.mjs';

const require = createRequire(import.meta.url);
const MODULES = join(import.meta.dirname, '../../../node_modules');
const fileOf = (name: string): string => join(MODULES, name, 'index.js');

test('what lies in a bundle is named once, with its license; nothing of our own is', () => {
  const parts = partsOf([fileOf('zod'), fileOf('zod'), import.meta.filename]);
  expect(parts.map(({ name, license }) => `${name} ${license}`)).toEqual(['zod MIT']);
  expect(noticesPage('@loci/some', parts)).toMatch(/Permission is hereby granted/);
  expect(noticesPage('@loci/some', [])).toBeUndefined();
});

test('of a part under the MPL the page says where its source is', () => {
  const page = noticesPage('@loci/media', partsOf([fileOf('mediabunny')]));
  expect(page).toMatch(/Mozilla Public License 2\.0: mediabunny [\d.]+ \(https:\/\/\S+\)/);
});

test('the binaries of one platform are written with their notice, and without what a script fetched', () => {
  expect(platforms()).toEqual(expect.arrayContaining(['linux-x64', 'darwin-arm64', 'win32-x64']));
  const folder = mkdtempSync(join(tmpdir(), 'loci-onnx-'));
  writeOnnxRuntime(folder, 'linux-arm64');
  const at = (path: string): boolean => existsSync(join(folder, path));
  expect(at('bin/napi-v6/linux/arm64/onnxruntime_binding.node')).toBe(true);
  expect(at('bin/napi-v6/linux/x64')).toBe(false);
  expect(at('NOTICE.md') && at('dist/index.js')).toBe(true);
  const manifest = require(join(folder, 'package.json')) as { readonly version: string };
  expect(manifest).toEqual(expect.objectContaining({ version: VERSION }));
  expect(manifest).not.toHaveProperty('scripts');
});
