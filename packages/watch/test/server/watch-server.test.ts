import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { createWatchServer } from '../../src/server/watch-server.ts';
import { rangeOf } from '../../src/server/media-file.ts';
import type {
  ComparisonView,
  EvaluationView,
  GroupView,
  MetricsPage,
  RolloutPage,
  RunSummary,
} from '../../src/wire/wire.ts';
import {
  newRun,
  prediction,
  rollout,
  temporaryFolder,
  writeEvaluation,
  writeFigures,
  writeRollouts,
  writeStep,
} from '../run-folder.ts';

const root = temporaryFolder();
const page = temporaryFolder();
const image = join(root, 'seen.png');
const secret = join(root, 'secret.png');
let app: FastifyInstance;
let id: string;

async function get<Body>(url: string, headers: Record<string, string> = {}) {
  const reply = await app.inject({ url, headers });
  return {
    reply,
    body: reply.headers['content-type']?.toString().includes('json')
      ? (reply.json() as Body)
      : undefined,
  };
}

beforeAll(async () => {
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
  const pixels = { width: 8, height: 4, channels: 3 as const, background: '#ff0000' };
  await sharp({ create: pixels }).png().toFile(image);
  writeFileSync(secret, 'not a picture, whatever it is called');
  const folder = newRun(root, 'run');
  writeStep(folder, 1, { media: [{ kind: 'image', path: image }] });
  writeRollouts(folder, [
    rollout(2, 0, 0, {
      media: [{ kind: 'image', path: secret }],
      text: '<script>alert(1)</script>',
    }),
    rollout(2, 0, 1, { media: [{ kind: 'image', path: join(root, 'gone.png') }] }),
  ]);
  writeFigures(folder, 2);
  const rows = ['a', 'b', 'c'].map((item, index) =>
    prediction(item, index === 0 ? 1 : 0, String(index), [
      { kind: 'image', path: index === 2 ? secret : image },
    ]),
  );
  writeEvaluation(join(folder, 'evaluations', 'before'), rows);
  const later = [
    prediction('a', 0, 'x'),
    prediction('b', 1, '3'),
    prediction('c', 0, '5'),
    prediction('d', 1, '3'),
  ];
  writeEvaluation(join(folder, 'evaluations', 'after'), later, 1);
  app = createWatchServer({
    folders: [root],
    pageFolder: page,
    checkRequest: ({ rawHeaders }) => {
      if (!rawHeaders.includes('evil.example')) return;
      throw Object.assign(new Error('This server has another name'), {
        statusCode: 421,
        code: 'host-unknown',
      });
    },
  });
  const { body } = await get<readonly RunSummary[]>('/api/runs');
  id = body![0]!.id;
});

afterAll(() => app.close());

describe('the server of the live page', () => {
  test('lists runs, and gives figures from a record on', async () => {
    const { body } = await get<readonly RunSummary[]>('/api/runs');
    expect(body).toMatchObject([
      { name: 'run', kind: 'training', status: 'stopped', step: 2, steps: 4, reward: 0.2 },
    ]);
    const all = (await get<MetricsPage>(`/api/runs/${id}/metrics`)).body!;
    expect(all).toMatchObject({ records: 2, steps: [1, 2] });
    expect(all.columns['reward/total']).toEqual([0.1, 0.2]);
    const { steps, columns } = (await get<MetricsPage>(`/api/runs/${id}/metrics?after=1`)).body!;
    expect([steps, columns['reward/total']]).toEqual([[2], [0.2]]);
  });

  test('filters rollouts, and shows a group with both maps', async () => {
    const { body } = await get<RolloutPage>(
      `/api/runs/${id}/rollouts?kind=counting&minReward=1&limit=1`,
    );
    expect(body).toMatchObject({
      total: 6,
      matched: 2,
      kinds: ['counting', 'room-size'],
      steps: [1, 2],
    });
    expect(body!.rows).toMatchObject([{ row: 0, reward: 1.5, values: { answer: 1, map: 0.5 } }]);
    expect(body!.parts).toEqual(['answer', 'answer/parsed', 'map', 'map/score']);
    const group = (await get<GroupView>(`/api/runs/${id}/rollouts/1`)).body!;
    expect(group).toMatchObject({
      row: 1,
      previous: null,
      next: 2,
      solution: '3',
      map: { chair: [[1, 2]] },
    });
    expect(group.members.map(({ advantage }) => advantage)).toEqual([1, -1]);
    expect(group.members[0]!.imagined).toEqual({ chair: [[1, 3]], lamp: [[7, 7]] });
  });

  test('says which parameter is wrong, and what is not there', async () => {
    for (const [url, status, text] of [
      [`/api/runs/${id}/rollouts?minReward=much`, 400, 'minReward'],
      [`/api/runs/${id}/rollouts?limit=-1`, 400, 'limit'],
      [`/api/runs/${id}/rollouts/99`, 404, 'no rollout 99'],
      ['/api/runs/nothing/metrics', 404, 'no such run'],
      [`/api/runs/${id}/evaluation?key=during`, 404, 'no such evaluation'],
      ['/other', 404, 'no GET /other'],
    ] as const) {
      const { reply } = await get(url);
      expect([url, reply.statusCode]).toEqual([url, status]);
      expect((reply.json() as { message: string }).message).toContain(text);
    }
  });

  test('shows an evaluation with its failures, and what flipped between two', async () => {
    const { body } = await get<EvaluationView>(
      `/api/runs/${id}/evaluation?key=before&outcome=wrong`,
    );
    expect(body).toMatchObject({ scorers: ['official'], model: 'a table', matched: 2 });
    expect(body!.items.map((item) => item.id)).toEqual(['b', 'c']);
    const both = `first=${id}&firstKey=before&second=${id}&secondKey=after`;
    const comparison = (await get<ComparisonView>(`/api/compare/evaluations?${both}`)).body!;
    expect(comparison).toMatchObject({ shared: 3, gained: 1, lost: 1, scorer: 'official' });
    expect(comparison.flips.map((flip) => [flip.id, flip.first.score, flip.second.score])).toEqual([
      ['b', 0, 1],
      ['a', 1, 0],
    ]);
    expect(comparison.differences).toEqual([
      { entry: 'sampling.temperature', first: '0', second: '1' },
    ]);
  });
});

describe('media', () => {
  test('are served where a rollout names them, whole and in ranges', async () => {
    const { reply } = await get(`/api/runs/${id}/rollouts/0/media/0`);
    expect(reply.headers['content-type']).toBe('image/png');
    expect(reply.rawPayload).toEqual(readFileSync(image));
    const part = await get(`/api/runs/${id}/rollouts/0/media/0`, { range: 'bytes=1-3' });
    expect([part.reply.statusCode, part.reply.payload]).toEqual([206, 'PNG']);
    const beyond = await get(`/api/runs/${id}/rollouts/0/media/0`, { range: 'bytes=99999-' });
    expect(beyond.reply.statusCode).toBe(416);
    const frame = await get(`/api/runs/${id}/rollouts/0/media/0/frames/0`);
    expect((await sharp(frame.reply.rawPayload).metadata()).format).toBe('jpeg');
  });

  test('are served where an item of an evaluation names them', async () => {
    const { body } = await get<EvaluationView>(`/api/runs/${id}/evaluation?key=before`);
    expect(body!.items.map(({ row, media }) => [row, media[0]?.name])).toEqual([
      [0, 'seen.png'],
      [1, 'seen.png'],
      [2, 'secret.png'],
    ]);
    const items = `/api/runs/${id}/evaluation/before/items`;
    const whole = await get(`${items}/1/media/0`);
    expect(whole.reply.rawPayload).toEqual(readFileSync(image));
    expect((await get(`${items}/1/media/0/frames`)).body).toEqual({ frames: 1 });
    const frame = await get(`${items}/1/media/0/frames/0`);
    expect((await sharp(frame.reply.rawPayload).metadata()).format).toBe('jpeg');
    for (const [path, status] of [
      [`${items}/2/media/0`, 415],
      [`${items}/9/media/0`, 404],
      [`${items}/1/media/1`, 404],
      [`/api/runs/${id}/evaluation/${encodeURIComponent('../before')}/items/0/media/0`, 404],
    ] as const) {
      expect([path, (await get(path)).reply.statusCode]).toEqual([path, status]);
    }
  });

  test.each([
    ['a file that is no picture', '4/media/0', 415],
    ['a file that has gone', '5/media/0', 404],
    ['a medium that the rollout does not have', '0/media/1', 404],
    ['a path', `0/media/${encodeURIComponent('../../secret.png')}`, 404],
    ['a frame that there is not', '0/media/0/frames/7', 404],
  ])('are not served for %s', async (_, path, status) => {
    expect((await get(`/api/runs/${id}/rollouts/${path}`)).reply.statusCode).toBe(status);
  });

  test.each([
    ['bytes=0-', [0, 9]],
    ['bytes=2-5', [2, 5]],
    ['bytes=-3', [7, 9]],
    ['bytes=5-99', [5, 9]],
    ['bytes=10-', undefined],
    ['bytes=-', undefined],
    ['pages=1-2', undefined],
  ])('range %s of ten bytes', (header, range) => {
    expect(rangeOf(header, 10)).toEqual(range);
  });
});

describe('strangers', () => {
  test('get nothing under another name, from another page, or by another method', async () => {
    const wrongHost = await get('/api/runs', { host: 'evil.example' });
    expect(wrongHost.reply.statusCode).toBe(421);
    const otherPage = await get('/api/runs', { 'sec-fetch-site': 'cross-site' });
    expect(otherPage.reply.statusCode).toBe(403);
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      expect((await app.inject({ method, url: '/api/runs' })).statusCode).toBe(404);
    }
  });

  test('find headers that keep scripts and frames out', async () => {
    const { headers } = (await get('/')).reply;
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  test('what a model wrote goes out as JSON, which no browser runs', async () => {
    const { reply } = await get(`/api/runs/${id}/rollouts?text=script`);
    expect(reply.headers['content-type']).toContain('application/json');
    expect(reply.payload).toContain('<script>alert(1)</script>');
  });
});

test('nothing in a run folder is changed, added or removed', async () => {
  const state = (): readonly string[] =>
    (readdirSync(root, { recursive: true }) as readonly string[])
      .toSorted()
      .map((name) => `${name} ${statSync(join(root, name)).mtimeMs}`);
  const before = state();
  for (const path of [
    'metrics',
    'rollouts',
    'rollouts/0',
    'config',
    'evaluation?key=after',
    'rollouts/0/media/0/frames',
  ]) {
    expect((await get(`/api/runs/${id}/${path}`)).reply.statusCode).toBe(200);
  }
  expect(state()).toEqual(before);
});

test('a page that was not built is named', () => {
  const options = { folders: [], checkRequest: () => undefined };
  expect(() => createWatchServer({ ...options, pageFolder: root })).toThrow(
    'npx nx build @loci/watch',
  );
});
