import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { optionLines } from '../../src/help/option-lines.ts';
import { optionTable } from '../../src/help/option-table.ts';

const schema = z.strictObject({
  steps: z.int().positive().describe('optimiser steps'),
  mode: z.enum(['fast', 'slow']).default('fast'),
  policy: z.preprocess(
    (value) => (typeof value === 'string' ? { use: value } : value),
    z.looseObject({ use: z.string().describe('plugin name') }),
  ),
  rewards: z.array(z.looseObject({ use: z.string() })),
  folder: z.string().optional(),
});

describe('the keys of a schema', () => {
  test('lists nested keys with type, default and description', () => {
    const lines = optionLines(schema, {
      steps: 100,
      policy: { use: 'onnx' },
      rewards: [{ use: 'answer' }, { use: 'map' }],
    });
    expect(lines.map(({ key, fallback }) => [key, fallback])).toEqual([
      ['steps', 'default 100'],
      ['mode', 'default fast'],
      ['policy.use', 'default onnx'],
      ['rewards', 'default [answer, map]'],
      ['rewards.<n>.use', 'unset'],
      ['folder', 'unset'],
    ]);
    expect(lines[0]).toMatchObject({ type: 'integer', description: 'optimiser steps' });
    expect(lines[1]!.type).toBe('fast | slow');
  });

  test('the table has one line a key, wrapped beside it when it is long', () => {
    const table = optionTable(optionLines(schema));
    expect(table.split('\n')).toHaveLength(6);
    expect(table).toContain('  mode             (fast | slow; default fast)');
    expect(optionTable([])).toBe('  (none)');
    const long = z.strictObject({ folder: z.string().describe('word '.repeat(40).trim()) });
    const lines = optionTable(optionLines(long)).split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines[1]).toMatch(/^ {10}word/);
  });

  test('a list of every allowed item is called all', () => {
    const kinds = ['near', 'far'] as const;
    const options = z.strictObject({ kinds: z.array(z.enum(kinds)).default([...kinds]) });
    expect(optionLines(options)[0]!.fallback).toBe('default all');
    expect(optionLines(options, { kinds: ['far'] })[0]!.fallback).toBe('default [far]');
  });
});
