import { describe, expect, test } from '@jest/globals';
import { missingFromArchitecture } from '../../src/structure/architecture-page.ts';

describe('the architecture page', () => {
  test('a folder that the architecture page does not mention is named', () => {
    const page = [
      'packages/core/src/     contracts',
      '  plugin/                descriptors',
      'packages/rewards/src/  one a file; text/ (ROUGE)',
    ].join('\n');
    const folders = ['core/src/plugin', 'core/src/text', 'core/src/in', 'rewards/src/text'];
    const breaches = missingFromArchitecture(
      page,
      folders.map((folder) => `packages/${folder}`),
    );
    expect(breaches.map(({ rule }) => rule)).toEqual([
      'does not mention packages/core/src/text',
      'does not mention packages/core/src/in',
    ]);
  });
});
