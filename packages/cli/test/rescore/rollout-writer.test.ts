import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RolloutLine } from '@loci/core';
import { RolloutWriter } from '../../src/rescore/rollout-writer.ts';
import { writeRollouts } from './stored.ts';

const line = { step: 1, text: '\ud800' } as RolloutLine;

describe('written rollouts', () => {
  test('are there when they are whole', () => {
    const input = writeRollouts('');
    const path = join(dirname(input), 'deep/new.jsonl');
    const writer = new RolloutWriter(path, input);
    for (let count = 0; count < 20_000; count++) writer.write(line);
    expect(existsSync(path)).toBe(false);
    writer.finish();
    writer.discard();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(20_000);
    expect(JSON.parse(lines[0]!)).toEqual(line);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  test('leave nothing behind when they are given up', () => {
    const input = writeRollouts('');
    const path = join(dirname(input), 'new.jsonl');
    const writer = new RolloutWriter(path, input);
    writer.write(line);
    writer.discard();
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
  });

  test('never overwrite their input, by whatever name', () => {
    const input = writeRollouts('kept');
    const link = join(dirname(input), 'link.jsonl');
    symlinkSync(input, link);
    expect(() => new RolloutWriter(link, input)).toThrow('--file names the input');
    expect(readFileSync(input, 'utf8')).toBe('kept');
  });

  test('a folder that refuses is a clear error', () => {
    const input = writeRollouts('');
    expect(() => new RolloutWriter(join(input, 'new.jsonl'), input)).toThrow(/Cannot write/);
  });
});
