import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findSoftwareVulkan } from '../../src/devices/software-vulkan.ts';
import { describeAdapter } from '../../src/devices/webgpu-adapter.ts';

describe('a software Vulkan driver', () => {
  const before = process.env['LOCI_VULKAN_DRIVER'];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loci-test-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    if (before === undefined) delete process.env['LOCI_VULKAN_DRIVER'];
    else process.env['LOCI_VULKAN_DRIVER'] = before;
  });

  test('is the one that is named, and is described to the loader', async () => {
    const driver = join(folder, 'libvk_swiftshader.so');
    for (const name of ['libvk_swiftshader.so', 'libvulkan.so.1']) {
      await writeFile(join(folder, name), '');
    }
    process.env['LOCI_VULKAN_DRIVER'] = driver;
    const found = findSoftwareVulkan();
    if ('missing' in found) throw new Error(found.missing);
    expect(found).toMatchObject({ driver, foundBy: 'named by LOCI_VULKAN_DRIVER' });
    const description = await readFile(found.environment['VK_ICD_FILENAMES']!, 'utf8');
    expect(JSON.parse(description)).toMatchObject({ ICD: { library_path: driver } });
  });

  test('that is named and not there is said so', () => {
    process.env['LOCI_VULKAN_DRIVER'] = join(folder, 'nowhere.so');
    expect(findSoftwareVulkan()).toMatchObject({
      missing: expect.stringContaining('nowhere.so, named by LOCI_VULKAN_DRIVER, does not exist'),
    });
  });

  test('is told from a GPU by what its adapter says', () => {
    const software = { vendor: 'google', architecture: 'swiftshader', description: 'SwiftShader' };
    expect(describeAdapter(software)).toEqual({
      words: 'google swiftshader SwiftShader',
      software: true,
    });
    expect(describeAdapter({ vendor: 'nvidia', architecture: 'ampere' }).software).toBe(false);
    expect(describeAdapter()).toEqual({ words: 'unnamed', software: false });
  });
});
