/** A benchmark asked of a paid model until the money is spent, and a judge that scores stored rollouts. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeSparFolder } from '@loci/benchmarks/testing';
import { answer } from '@loci/rewards';
import sharp from 'sharp';
import { actions } from '../../src/actions.ts';
import { helpTexts } from '../../src/help/help-texts.ts';
import { createProgram } from '../../src/program.ts';
import { runReward, storedText } from '../rescore/stored.ts';

const place = mkdtempSync(join(tmpdir(), 'loci-budget-'));
let said = '';
const io = {
  out: new Writable({
    write: (text: Buffer, _encoding, done) => {
      said += text.toString();
      done();
    },
  }),
  userDirectory: place,
};

let server: Server;
let baseUrl: string;
let requests = 0;
/** A reply costs 0.1 at these prices. */
const PRICES = { prompt: 100, completion: 0 };
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    requests++;
    const message = { content: '{"reason": "fine", "score": 5}' };
    response.end(
      JSON.stringify({
        choices: [{ message, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1000, completion_tokens: 10 },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function loci(...words: readonly string[]): Promise<string> {
  said = '';
  await createProgram(actions(io), helpTexts()).parseAsync(['node', 'loci', ...words]);
  return said;
}

test('an evaluation estimates its cost, stops at its budget with a report, and continues with a larger one', async () => {
  const image = await sharp({ create: { width: 56, height: 56, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  writeSparFolder(join(place, 'spar'), { video: '', images: [image, image, image] });
  const policy = { ...{ use: 'openai', model: 'm', stream: false }, baseUrl, cache: false };
  const asked = (prices: object | undefined, ...words: readonly string[]) =>
    loci(
      ...['evaluate', '--benchmark', 'spar-bench', '--data', 'spar', '--out', 'answers'],
      ...['--policy', JSON.stringify({ ...policy, ...(prices && { prices }) }), ...words],
    );

  await expect(asked(undefined, '--budget', '1')).rejects.toMatchObject({ code: 'prices-missing' });
  expect(requests).toBe(0);

  const first = await asked(PRICES, '--budget', '0.75');
  expect(first).toMatch(/20 answers to come: about \d+ prompt tokens .*: up to [\d.]+/);
  expect(first).toMatch(/stopped at the budget: 0\.\d+ of the budget of 0\.7500 is spent/);
  expect(requests).toBe(7);
  expect(existsSync(join(place, 'answers/report.json'))).toBe(true);

  const second = await asked(PRICES, '--budget', '50');
  expect(second).not.toMatch(/stopped at the budget/);
  expect(second).toMatch(/was spent before/);
  expect(requests).toBe(20);
  expect(
    readFileSync(join(place, 'answers/predictions.jsonl'), 'utf8').trim().split('\n'),
  ).toHaveLength(20);
});

test('a judge scores stored rollouts, after an estimate of the cost', async () => {
  const text = await storedText(
    [{ texts: ['one', 'two', 'three'] }, { texts: ['four', 'five', 'six'] }],
    [await runReward(answer)],
  );
  writeFileSync(join(place, 'rollouts.jsonl'), text);
  const options = { baseUrl, model: 'm', stream: false, cache: false, prices: PRICES };
  writeFileSync(
    join(place, 'judge.yaml'),
    JSON.stringify({ rewards: [{ use: 'judge', options: options }] }),
  );
  const report = await loci('score', '--config', 'judge.yaml', '--rollouts', 'rollouts.jsonl');
  expect(report).toMatch(/judge: the file is 6 verdicts by m, up to \d+ prompt .*: up to [\d.]+/);
  expect(report.replaceAll(/ {2,}/g, ' | ')).toMatch(/judge \(new\).* 0\.500/);
});
