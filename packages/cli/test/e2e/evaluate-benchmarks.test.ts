/** Benchmarks of the distributed form asked of a server that misbehaves, and of a small model on this machine. */
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { plugins, scorersOf } from '@loci/benchmarks';
import * as fixtures from '@loci/benchmarks/testing';
import type { FixtureMedia } from '@loci/benchmarks/testing';
import {
  createFromPlugin,
  evaluate,
  evaluationReport,
  greedySampling,
  parseOptions,
  readEvaluation,
  takeItems,
} from '@loci/core';
import type { ErasedPlugin, PredictionLine, PredictionRow, Run } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';
import { encodeFilm } from '@loci/datasets';
import sharp from 'sharp';
import { actions } from '../../src/actions.ts';
import { helpTexts } from '../../src/help/help-texts.ts';
import { openRun } from '../../src/open-run.ts';
import { createProgram } from '../../src/program.ts';
import { runCommand } from './command.ts';
import { writeTinyModel } from './tiny-model.ts';

jest.setTimeout(120_000);

const KEY = 'sk-never-to-be-written-anywhere';
const KEY_NAME = 'LOCI_E2E_KEY';
const SIZE = { frames: 4, height: 56, width: 84 };

const place = mkdtempSync(join(tmpdir(), 'loci-benchmarks-'));
let media: FixtureMedia;

beforeAll(async () => {
  process.env[KEY_NAME] = KEY;
  const pixels = new Uint8Array(SIZE.frames * SIZE.height * SIZE.width * 3).map(
    (_, index) => (index * 7) % 251,
  );
  const none = { visiblePixels: new Uint32Array(), firstVisible: new Int16Array() };
  const video = join(place, 'film.mp4');
  writeFileSync(video, await encodeFilm({ ...SIZE, ...none, pixels }, SIZE.frames));
  const { width, height } = SIZE;
  const image = await sharp({ create: { width, height, channels: 3, background: '#2d52a0' } })
    .png()
    .toBuffer();
  media = { video, images: [image, image, image] };
  await writeTinyModel(join(place, 'model'), 3);
});
afterAll(() => {
  rmSync(place, { recursive: true });
});

/** Runs `loci <words>` in this process and gives what it printed. */
async function loci(...words: readonly string[]): Promise<string> {
  let printed = '';
  const out = new Writable({
    write(text: Buffer, _, done) {
      printed += text.toString();
      done();
    },
  });
  const io = { out, userDirectory: place };
  await createProgram(actions(io), helpTexts()).parseAsync(['node', 'loci', ...words]);
  return printed;
}

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(join(place, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));

describe('vsi-bench of a server', () => {
  /** What is done with the first requests, one after the other; later ones are answered. */
  const script = [429, 'ok', 500, 'ok', 'cut', 'ok', 400] as const;
  const asked: { authorization: string | undefined; body: string }[] = [];
  let server: Server;
  let evaluateWords: readonly string[];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        const does = script[asked.length] ?? 'ok';
        asked.push({ authorization: request.headers.authorization, body });
        respond(does, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const policy = {
      ...{ use: 'openai', baseUrl: `http://127.0.0.1:${port}/v1`, model: 'm', apiKeyEnv: KEY_NAME },
      ...{ concurrency: 1, firstWaitSeconds: 0.01, cache: join(place, 'cache') },
      prices: { prompt: 10, completion: 100 },
    };
    const words = ['evaluate', '--benchmark', 'vsi-bench', '--data', 'vsi', '--quiet'];
    evaluateWords = [...words, '--policy', JSON.stringify(policy), '--out'];
    fixtures.writeVsiFolder(join(place, 'vsi'), media);
    rmSync(join(place, 'vsi/scannet/scene0011_00.mp4'));
  });
  afterAll(() => void server.close());

  test('a refusal and a missing video are counted and named, and all other items are answered', async () => {
    const { code, stdout, stderr } = await runCommand(place, [...evaluateWords, 'first']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/benchmark +VSI-Bench, 11 of 5130 items/);
    expect(stdout).toMatch(/frames +32 frames at most.*shown: \d+ frames of 84×56/);
    expect(stdout).toMatch(/4 not asked.*\n.*There is no video .*scene0011_00\.mp4/);
    expect(stdout).toMatch(/1 asked in vain.*\n.*refused the request: status 400 \(status 400\)/);
    expect(stdout).toMatch(/spent +600 prompt and 60 completion tokens, cost 0\.0120/);
    expect(asked).toHaveLength(10);
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${KEY}`]),
    );
    expect(JSON.stringify([stdout, ...filesUnder('first'), ...filesUnder('cache')])).not.toContain(
      KEY,
    );
  });

  test('the same command asks again what was refused, and nothing else', async () => {
    const refused = asked[6]!.body;
    const before = asked.length;
    const printed = await loci(...evaluateWords, 'first');
    expect(asked.slice(before).map(({ body }) => body)).toEqual([refused]);
    expect(printed).not.toContain('asked in vain');
    expect(printed).toMatch(/spent +700 prompt/);
  });

  test('without --out the same command continues where it was interrupted', async () => {
    const own = evaluateWords.slice(0, -1);
    const printed = await loci(...own, '--items', '4');
    const folder = /report {2}(.*)\/report\.html/.exec(printed)![1]!;
    const predictions = readFileSync(join(folder, 'predictions.jsonl'), 'utf8');
    writeFileSync(join(folder, '.unfinished'), '');
    const again = await loci(...own, '--items', '4');
    expect(again).toContain(`continues the answers in ${folder}`);
    expect(readFileSync(join(folder, 'predictions.jsonl'), 'utf8').startsWith(predictions)).toBe(
      true,
    );
    expect(await loci(...own, '--items', '4')).not.toContain('continues the answers');
  });

  test('fewer items, scored again, are the same items', async () => {
    await loci(...evaluateWords, 'fewer');
    await loci(...evaluateWords, 'fewer', '--items', '3');
    const path = join(place, 'fewer/report.json');
    const report = readFileSync(path, 'utf8');
    expect(report).toMatch(/"items": 3,/);
    expect(await loci('evaluate', '--rescore', 'fewer')).toMatch(/VSI-Bench, 3 of 5130 items/);
    expect(readFileSync(path, 'utf8')).toBe(report);
    rmSync(path);
    expect(await loci('evaluate', '--rescore', 'fewer')).toMatch(/VSI-Bench, 11 of 5130 items/);
  });

  test('scored again and compared without data and server', async () => {
    await loci(...evaluateWords, 'thinking', '--prompt', 'thinking');
    rmSync(join(place, 'vsi'), { recursive: true });
    const report = readFileSync(join(place, 'first/report.json'), 'utf8');
    rmSync(join(place, 'first/report.json'));
    await loci('evaluate', '--rescore', 'first');
    expect(readFileSync(join(place, 'first/report.json'), 'utf8')).toBe(report);
    const folders = ['first', 'thinking'];
    const compared = await loci('evaluate', '--compare', ...folders, '--file', 'pages/both.html');
    expect(readFileSync(join(place, 'pages/both.html'), 'utf8')).toContain('Flipped');
    expect(compared).toMatch(/^setup\.prompt +"official" +"thinking"$/m);
    expect(compared).toMatch(/^sampling\.maxNewTokens +16 +1024$/m);
    expect(compared).toMatch(/the prompts of 7 of 11 items differ, the text of 7 of them/);
    expect(compared).toMatch(/^strict .*first/m);
  });
});

function respond(does: 429 | 500 | 400 | 'cut' | 'ok', response: ServerResponse): void {
  if (typeof does === 'number') {
    response.writeHead(does, { 'content-type': 'application/json', 'retry-after': '0' });
    response.end(JSON.stringify({ error: { message: `status ${does}` } }));
    return;
  }
  const piece = (body: object) => response.write(`data: ${JSON.stringify(body)}\n\n`);
  response.setHeader('content-type', 'text/event-stream');
  piece({ choices: [{ delta: { content: 'B' } }] });
  if (does === 'cut') {
    setTimeout(() => response.destroy(), 5);
    return;
  }
  const usage = { prompt_tokens: 100, completion_tokens: 10 };
  piece({ choices: [{ delta: {}, finish_reason: 'stop' }], usage });
  response.end('data: [DONE]\n\n');
}

test.each([
  [['--benchmark', 'vsi-bench'], /vsi-bench is read from a folder: name it with --data DIR/],
  [['--data', 'vsi'], /--data belongs to a benchmark: name it with --benchmark/],
  [['--prompt', 'thinking'], /--prompt belongs to a benchmark/],
])('evaluate %j says which flag is missing', async (words, message) => {
  await expect(loci('evaluate', ...words)).rejects.toThrow(message);
});

describe('a small model on this machine', () => {
  const CASES = [
    ['vsi-bench', fixtures.writeVsiFolder],
    ['sti-bench', fixtures.writeStiFolder],
    ['video-mme', fixtures.writeVideoMmeFolder],
    ['tempcompass', fixtures.writeTempCompassFolder],
    ['longvideobench', fixtures.writeLongVideoBenchFolder],
    ['revsi', fixtures.writeRevsiFolder],
  ] as const;
  let run: Run;
  beforeAll(async () => {
    const io = { out: new Writable(), userDirectory: place };
    const logger = { info: () => undefined, warn: () => undefined };
    const set = [`policy.model=${JSON.stringify(join(place, 'model'))}`];
    run = await openRun({ set }, io, { logger });
  });
  afterAll(() => run.dispose());

  test.each(CASES)('%s is answered, scored, and scored again the same', async (use, write) => {
    const data = join(place, use);
    write(data, media);
    const plugin = plugins.find(({ name }) => name === use)! as ErasedPlugin<'benchmark'>;
    const context = { seed: 1, baseDirectory: place, logger: fakeLogger() };
    const benchmark = await createFromPlugin(plugin, parseOptions(plugin, { data }), context);
    const lines: PredictionLine[] = [];
    const items = await takeItems(benchmark, { questions: 8, seed: 1 });
    const rows = await evaluate(await run.policy(), benchmark, items, {
      ...{ conditions: ['as-filmed'], batchSize: 8, sampling: greedySampling(3), seed: 1 },
      keep: (kept) => lines.push(...kept),
    });
    // A model of random weights says nothing now and then.
    const reasons = lines.map(({ prediction: said }) => ('reason' in said ? said.reason : ''));
    expect(reasons.filter((why) => why !== '' && !why.includes('said nothing'))).toEqual([]);
    expect(reasons).toContain('');
    rmSync(data, { recursive: true });
    const report = evaluationReport(benchmark, rows.values(), 1);
    const results = report.conditions['as-filmed']!.scorers;
    expect(report.items).toBe(rows.size);
    // A scorer that counts no item has no figure, and one that counts a single item has no interval.
    for (const { headline } of results.filter(({ headline: { count } }) => count > 1)) {
      expect(headline.low).toBeLessThanOrEqual(headline.value);
      expect(headline.high).toBeGreaterThanOrEqual(headline.value);
    }
    const stored = lines.map((line) => JSON.parse(JSON.stringify(line)) as PredictionRow);
    const scorers = scorersOf(use, 'official')!;
    expect(results.map(({ scorer }) => scorer)).toEqual(scorers.map(({ name }) => name));
    expect(evaluationReport({ scorers }, stored, 1)).toEqual(report);
    const { items: scored, headline, uncounted } = results.at(-1)!;
    expect(headline.count + uncounted).toBe(scored);
  });

  test('spar-bench by the command, with every scorer in its page', async () => {
    fixtures.writeSparFolder(join(place, 'spar'), media);
    const words = 'evaluate --benchmark spar-bench --data spar --policy model --items 12';
    const printed = await loci(
      ...words.split(' '),
      ...'--out scores --max-new-tokens 3'.split(' '),
    );
    expect(printed).toMatch(/official +spacer-eval +strict +items +chance/);
    expect(printed).toMatch(
      /^headline \(official: mean of 20 tasks, 12 of them here\) .*\[.* 12 /m,
    );
    expect(printed).toMatch(/^model +.*model; .*(?:ONNX|TensorFlow)/m);
    const { rows } = readEvaluation(join(place, 'scores'));
    expect([...rows.values()].every(({ shown }) => shown[0]?.kind === 'image')).toBe(true);
    expect(readFileSync(join(place, 'scores/report.html'), 'utf8')).toContain('spacer-eval');
    rmSync(join(place, 'spar'), { recursive: true });
    const rescored = await loci('evaluate', '--rescore', 'scores');
    expect(rescored).toMatch(/^headline/m);
    expect(printed).toContain(rescored.trimEnd());
  });
});
