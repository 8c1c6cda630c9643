import { expect, test } from '@jest/globals';
import { installText } from '../../src/errors/install-text.ts';

test.each([
  ['sharp@0.35.5', undefined, 'npm install sharp@0.35.5'],
  ['sharp@0.35.5', 'npm/11.19.1 node/v20.20.2 linux x64', 'npm install sharp@0.35.5'],
  ['webgpu', 'pnpm/10.34.8 npm/? node/v20.20.2 linux x64', 'pnpm add webgpu'],
])('%s by %s', (name, agent, text) => {
  expect(installText(name, agent)).toBe(text);
});

test('a package of ours is fetched from no registry', () => {
  expect(installText('@loci/backends@0.1.0', 'npm/11')).not.toMatch(/npm|pnpm|install/);
});
