import { expect, test } from '@jest/globals';
import { missingPackage } from '../../src/devices/missing.ts';

test('a package that is installed is not missing', () => {
  expect(missingPackage('zod')).toBeUndefined();
});

test('a package that is not installed is named with the command that installs it', () => {
  expect(missingPackage('@loci/no-such-engine')).toEqual({
    missing: '@loci/no-such-engine is not installed',
    help: 'add @loci/no-such-engine from where your other packages of Loci came',
  });
  expect(missingPackage('no-such-engine', 'no-such-engine@4.22.0')?.help).toBe(
    'npm install no-such-engine@4.22.0',
  );
});
