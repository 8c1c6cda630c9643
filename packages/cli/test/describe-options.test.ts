import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { optionLines, optionTable } from '../src/describe-options.ts';

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

describe('describe-options', () => {
  test('lists nested keys with type, default and description', () => {
    const lines = optionLines(schema, {
      steps: 100,
      policy: { use: 'onnx' },
      rewards: [{ use: 'answer' }, { use: 'map' }],
    });
    expect(lines.map(({ key, fallback }) => [key, fallback])).toEqual([
      ['steps', '100'],
      ['mode', 'fast'],
      ['policy.use', 'onnx'],
      ['rewards', '[answer, map]'],
      ['rewards.<n>.use', 'unset'],
      ['folder', 'unset'],
    ]);
    expect(lines[0]).toMatchObject({ type: 'integer', description: 'optimiser steps' });
    expect(lines[1]!.type).toBe('fast | slow');
  });

  test('the table has one line a key', () => {
    const table = optionTable(optionLines(schema));
    expect(table.split('\n')).toHaveLength(6);
    expect(table).toContain('  mode             fast   (fast | slow)');
    expect(optionTable([])).toBe('  (none)');
  });
});
