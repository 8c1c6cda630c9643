import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { RELEASE, endUnlessReleased } from '../../src/cluster/until-released.ts';

async function lostAfter(act: (starter: PassThrough) => void): Promise<boolean> {
  const starter = new PassThrough();
  let isLost = false;
  endUnlessReleased(starter, () => (isLost = true));
  act(starter);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return isLost;
}

describe('a server is lost', () => {
  test('with a starter that ends, or breaks off, before its whole word', async () => {
    expect(await lostAfter((starter) => starter.end())).toBe(true);
    expect(await lostAfter((starter) => starter.end('relea'))).toBe(true);
    expect(await lostAfter((starter) => starter.destroy(new Error('EPIPE')))).toBe(true);
  });

  test('neither while its starter lives, nor after the word, in however many pieces', async () => {
    expect(await lostAfter(() => undefined)).toBe(false);
    expect(await lostAfter((starter) => starter.end(RELEASE))).toBe(false);
    const inPieces = (starter: PassThrough): void => {
      for (const sign of RELEASE) starter.write(sign);
      starter.end();
    };
    expect(await lostAfter(inPieces)).toBe(false);
  });
});
