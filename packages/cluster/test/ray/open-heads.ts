/** Heads of ours for the tests of a file: each is disposed of after the test that opened it. */
import { afterEach } from '@jest/globals';
import { FakeRay } from '../../src/testing/fake-ray.ts';
import type { FakeRayOptions } from '../../src/testing/fake-ray.ts';

const heads: FakeRay[] = [];

afterEach(async () => {
  for (const head of heads.splice(0)) await head.dispose();
});

/** Starts a head with these faults. */
export async function headWith(options: FakeRayOptions = {}): Promise<FakeRay> {
  const head = await new FakeRay(options).start();
  heads.push(head);
  return head;
}
