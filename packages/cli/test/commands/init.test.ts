import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createRun } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';
import { packagePlugins } from '../../src/compose.ts';
import { init } from '../../src/commands/init.ts';
import { readRunConfig } from '../../src/defaults.ts';
import type { Io } from '../../src/io.ts';
import { openScreen } from '../support/screen.ts';

/** A person's folder, and what they are told. */
function start(userDirectory: string): Io & { found(): unknown; text(): string } {
  const { terminal, written } = openScreen(200);
  let found: unknown;
  return {
    ...{ userDirectory, out: terminal, text: written, found: () => found },
    result: (value) => (found = value),
  };
}

describe('a project', () => {
  const place = mkdtempSync(join(tmpdir(), 'loci-init-'));
  const io = start(place);
  const folder = join(place, 'mine');

  test('is made with all its files, and prints the next commands', async () => {
    await init('mine', {}, io);
    const { files, commands } = io.found() as Readonly<Record<'files' | 'commands', string[]>>;
    for (const file of files) expect(existsSync(join(folder, file))).toBe(true);
    expect(existsSync(join(folder, 'package.json'))).toBe(false);
    expect(commands.at(-1)).toMatch(/train( --)? --config config\.yaml$/);
    expect(io.text()).toContain('cd mine');
  });

  test('has a config whose rewards and questions are read', async () => {
    const there = { userDirectory: folder };
    const { config, origin } = readRunConfig({ config: 'config.yaml' }, there);
    const run = await createRun({
      ...{ config, origin, plugins: packagePlugins, baseDirectory: folder },
      logger: fakeLogger(),
    });
    expect((await run.rewards()).map(({ name }) => name)).toContain('names-objects');
    const dataset = await run.dataset();
    for (const [split, size] of [
      ['train', 15],
      ['test', 6],
    ] as const) {
      const source = await dataset.open(split);
      expect(source.size).toBe(size);
      expect(source.problems()).toEqual([]);
      expect((await source.at(0)).map).toBeDefined();
      await source.close();
    }
    await run.dispose();
  });

  test('refers to Loci by path where its name cannot be resolved', () => {
    const types = readFileSync(join(folder, 'tsconfig.json'), 'utf8');
    const own = readFileSync(join(folder, 'reward.test.mjs'), 'utf8');
    expect(types).toMatch(/"@loci\/core": \[\n\s+"\//);
    expect(own).toMatch(/from 'file:\/\/\/.*testing\/index/);
  });
});

test('a folder with something in it is left as it is', async () => {
  const place = mkdtempSync(join(tmpdir(), 'loci-init-'));
  mkdirSync(join(place, 'mine'));
  writeFileSync(join(place, 'mine/notes.txt'), 'keep');
  await expect(async () => init('mine', {}, start(place))).rejects.toMatchObject({
    code: 'folder-not-empty',
  });
  expect(readFileSync(join(place, 'mine/notes.txt'), 'utf8')).toBe('keep');
});
