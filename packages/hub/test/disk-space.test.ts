import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkSpace } from '../src/disk-space.ts';
import { sizeText } from '../src/sizes.ts';
import { newFolder } from './support/workplace.ts';

test('a disk that is too small says what is needed and what is free', async () => {
  const folder = join(newFolder(), 'cache');
  await expect(checkSpace(folder, 9e17)).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(/^900000 TB are needed in .*cache, and .* are free.*HF_HOME/u),
  });
  await checkSpace(folder, 10);
  expect(existsSync(folder)).toBe(true);
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1200, '1.2 kB'],
  [4_260_000_000, '4.3 GB'],
  [123_456_789, '123 MB'],
])('%i is %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
