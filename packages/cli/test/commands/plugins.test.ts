import { describe, expect, test } from '@jest/globals';
import { definePlugin } from '@loci/core';
import { z } from 'zod';
import { pluginsText } from '../../src/commands/plugins.ts';

describe('plugins', () => {
  test('lists kind, name, description and options', () => {
    const brevity = definePlugin({
      kind: 'reward',
      name: 'brevity',
      description: 'One point for short completions.',
      options: z.strictObject({ limit: z.number().default(100).describe('tokens') }),
      create: () => ({ range: [0, 1], score: () => [] }),
    });
    const none = definePlugin({
      kind: 'advantage',
      name: 'plain',
      description: 'The rewards as they are.',
      options: z.strictObject({}),
      create: () => ({
        estimate: (groups) => groups.map(({ rewards }) => ({ advantages: rewards })),
      }),
    });
    expect(pluginsText([brevity, none])).toBe(
      'advantage plain: The rewards as they are.\n  (none)\n\n' +
        'reward brevity: One point for short completions.\n  limit  tokens (number; default 100)',
    );
  });
});
