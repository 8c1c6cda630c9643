/** Every command that asks no model of ours works where no engine is installed; the others say which package is missing. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeVsiFolder } from '@loci/benchmarks/testing';
import { encodeFilm } from '@loci/datasets';
import { answer, format } from '@loci/rewards';
import { runReward, storedText } from '../rescore/stored.ts';
import { GOOD, SAMPLE } from '../serve/wire-text.ts';
import { runCommand, startCommand } from './command.ts';
import { installWithout } from './install-without.ts';

jest.setTimeout(180_000);

const ROOMS =
  'dataset: { folder: ./rooms, trainScenes: 4, testScenes: 3, height: 56, width: 84, seconds: 1 }\n';
const FILM = { frames: 4, height: 56, width: 84 };

/** Answers every question by "B". */
function answering(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          choices: [{ message: { content: 'B' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 100, completion_tokens: 1 },
        }),
      );
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const INSTALLATIONS = [
  ['the libraries of the engines', ['onnxruntime-node', '@tensorflow/'], 'onnxruntime-node'],
  [
    'the package of the engines',
    ['@loci/backends', 'onnxruntime-node', '@tensorflow/'],
    '@loci/backends',
  ],
] as const;

describe.each(INSTALLATIONS)('without %s', (_, absent, lacking) => {
  let place: string;
  let main: string;
  const loci = (...words: readonly string[]) => runCommand(place, words, main);

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'loci-without-'));
    main = installWithout(place, absent);
    writeFileSync(join(place, 'rooms.yaml'), `${ROOMS}rewards: [answer, map]\n`);
  });
  afterAll(() => rmSync(place, { recursive: true }));

  test('plugins lists the policies of the engines', async () => {
    const ended = await loci('plugins');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^policy openai: /m);
    const note =
      'A policy of @loci/backends, which is not installed: add @loci/backends from where your other packages of Loci came';
    expect(ended.stdout.replaceAll(/\s+/g, ' ').includes(`policy onnx: ${note}`)).toBe(
      lacking === '@loci/backends',
    );
  });

  test('serve-rewards scores', async () => {
    const running = startCommand(place, ['serve-rewards', '--port', '0', '--quiet'], main);
    let printed = '';
    running.process.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await running.sees(/ on http:\/\/127\.0\.0\.1:\d+\n/);
    const reply = await fetch(`${/http:\S+/.exec(printed)![0]}/score`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ sample: SAMPLE, completions: [{ text: GOOD }] }] }),
    });
    const { items } = (await reply.json()) as {
      readonly items: readonly { readonly completions: readonly { readonly reward: number }[] }[];
    };
    expect(items[0]!.completions[0]!.reward).toBeGreaterThan(0);
    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('score scores stored rollouts again', async () => {
    const rewards = [await runReward(answer), await runReward(format)];
    const texts = ['<think>x</think><answer>B</answer>', 'no tags'];
    writeFileSync(join(place, 'rollouts.jsonl'), await storedText([{ texts }], rewards));
    const ended = await loci('score', '--rollouts', 'rollouts.jsonl');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^2 completions in 1 groups?/m);
  });

  test('validate tries the rewards of a config', async () => {
    const ended = await loci('validate', '--config', 'rooms.yaml', '--samples', '1');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^answer .* kept$/m);
  });

  test('generate writes a dataset, and check-data reads it', async () => {
    const generated = await loci('generate', '--config', 'rooms.yaml', '--out', 'mine');
    expect(generated).toMatchObject({ code: 0, stderr: '' });
    const ended = await loci('check-data', '--config', 'rooms.yaml');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('evaluate asks a model behind a server', async () => {
    mkdirSync(join(place, 'vsi'));
    const none = { visiblePixels: new Uint32Array(), firstVisible: new Int16Array() };
    const pixels = new Uint8Array(FILM.frames * FILM.height * FILM.width * 3).fill(90);
    writeFileSync(join(place, 'film.mp4'), await encodeFilm({ ...FILM, ...none, pixels }, 4));
    writeVsiFolder(join(place, 'vsi'), { video: join(place, 'film.mp4'), images: [] });
    const server = await answering();
    try {
      const { port } = server.address() as AddressInfo;
      const policy = `{ use: openai, baseUrl: "http://127.0.0.1:${port}/v1", model: m, stream: false, cache: false }`;
      const words = 'evaluate --benchmark vsi-bench --data vsi --quiet --out answers --policy';
      const ended = await loci(...words.split(' '), policy);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toMatch(/benchmark +VSI-Bench/);
      expect(ended.stdout).toMatch(/spent +\d+ prompt and \d+ completion tokens/);
    } finally {
      server.close();
    }
  });

  test('a model of ours is an error with the command that installs what is missing', async () => {
    const evaluated = await loci('evaluate', '--config', 'rooms.yaml', '--items', '1');
    expect(evaluated.code).toBe(1);
    expect(evaluated.stderr).toMatch(/^error engine-unavailable: /);
    expect(evaluated.stderr).toContain(`${lacking}`);
    const install = (name: string) =>
      name.startsWith('@loci/') ? `add ${name} from where` : `npm install ${name}@`;
    expect(evaluated.stderr).toContain(install(lacking));
    const library = lacking === '@loci/backends' ? lacking : '@tensorflow/tfjs';
    const tfjs = await loci('train', '--config', 'rooms.yaml', '--set', 'policy.use=tfjs');
    expect(tfjs.code).toBe(1);
    expect(tfjs.stderr).toMatch(/^error engine-unavailable: .* is not installed/);
    expect(tfjs.stderr).toContain(install(library));
    expect(tfjs.stderr).not.toMatch(/\n\s+at /);
  });

  test('merge needs the package of the engines and none of their libraries', async () => {
    const ended = await loci(...'merge --model none --adapter none --to merged'.split(' '));
    expect(ended.code).toBe(1);
    const missing =
      'Merging an adapter needs the package @loci/backends, which is not installed: add @loci/backends from where';
    expect(ended.stderr.includes(missing)).toBe(lacking === '@loci/backends');
    expect(ended.stderr).not.toMatch(/onnxruntime|tensorflow/);
  });
});
