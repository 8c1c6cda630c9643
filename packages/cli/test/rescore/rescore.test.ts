/** Stored rollouts come back as the groups they were, and are scored as training scores them. */
import { describe, expect, test } from '@jest/globals';
import { defineReward } from '@loci/core';
import type { RolloutLine, RunReward } from '@loci/core';
import { answer, format, length, map, temporal } from '@loci/rewards';
import { rescore } from '../../src/rescore/rescore.ts';
import type { RescoreCounts, Rescored } from '../../src/rescore/rescore.ts';
import { runReward, storedText, writeRollouts } from './stored.ts';
import type { Asked } from './stored.ts';

const said = (letter: string): string => `<think>x</think><answer>${letter}</answer>`;
const MAPPED = {
  questionKind: 'counting',
  problemType: 'numerical',
  solution: '<answer>2</answer>',
  options: [],
  map: {
    chair: [
      [1, 2],
      [7, 8],
    ],
  },
} as const;
const ASKED: readonly Asked[] = [
  {
    texts: [said('B'), said('b'), said('A'), 'lines\u2028of\u2029every\r\nsort'],
    looks: { shuffled: ['', said('B')] },
  },
  {
    sample: MAPPED,
    texts: [
      '<think><map>{"chair":[[1,2],[7,8]]}</map></think><answer>2</answer>',
      said('9'),
      '\ud800',
    ],
  },
];

interface Heard {
  readonly counts: RescoreCounts;
  readonly lines: readonly Rescored[];
  readonly broken: readonly (readonly [line: number, reason: string])[];
}

async function hear(text: string, rewards: readonly RunReward[]): Promise<Heard> {
  const lines: Rescored[] = [];
  const broken: (readonly [number, string])[] = [];
  const counts = await rescore(writeRollouts(text), rewards, {
    onLine: (rescored) => lines.push(rescored),
    onBroken: (line, reason) => broken.push([line, reason]),
  });
  return { counts, lines, broken };
}

const bundled = (): Promise<readonly RunReward[]> =>
  Promise.all([
    runReward(answer),
    runReward(map, {}, { weight: { from: 0, to: 4, start: 0, steps: 4 } }),
    runReward(format, {}, { gate: { reward: 'answer', above: 0 } }),
    runReward(temporal),
    runReward(length, { minTokens: 1 }),
  ]);

describe('scoring again', () => {
  test('with the same rewards changes nothing: groups, shuffled frames, weights of the step, gates', async () => {
    const rewards = await bundled();
    const { counts, lines, broken } = await hear(await storedText(ASKED, rewards), rewards);
    expect(counts).toEqual({ groups: 2, completions: 7, brokenLines: 0, incompleteGroups: 0 });
    expect(broken).toEqual([]);
    expect(lines).toHaveLength(9);
    for (const { stored, now } of lines) expect(now).toEqual(stored);
    expect(lines[0]!.now.outcomes['temporal']).toMatchObject({
      status: 'scored',
      parts: { passed: 0 },
    });
    expect(lines[6]!.now.contributions!['map']).toMatchObject({ weight: 2, value: 1 });
  });

  test('rewards see the sample and the tokens that were stored', async () => {
    const seen: unknown[] = [];
    const plugin = defineReward({
      name: 'witness',
      description: 'Remembers what it saw.',
      range: [0, 1000],
      score: ({ tokenCount, finishReason }, sample) => {
        seen.push({ finishReason, sample });
        return tokenCount;
      },
    });
    const text = await storedText(ASKED.slice(1), [await runReward(answer)]);
    const { lines } = await hear(text, [await runReward(plugin)]);
    expect(lines[1]!.now.outcomes).toEqual({
      witness: { status: 'scored', value: said('9').length + 1 },
    });
    expect(seen[0]).toEqual({
      finishReason: 'stop',
      sample: {
        id: 'sample-0',
        problem: 'Which letter?',
        media: [{ kind: 'video', path: '/videos/scene-0.mp4' }],
        source: 'SR_dataset',
        ...MAPPED,
      },
    });
  });

  test('a question that came twice in a step is two groups', async () => {
    const text = (await storedText([ASKED[0]!, ASKED[0]!], [await runReward(answer)])).replaceAll(
      /"step":2,"sampleId":"sample-1"/g,
      '"step":1,"sampleId":"sample-0"',
    );
    const { counts } = await hear(text, [await runReward(answer)]);
    expect(counts).toMatchObject({ groups: 2, completions: 8, incompleteGroups: 0 });
  });
});

describe('damaged files', () => {
  test('broken lines are named and skipped, and their groups counted', async () => {
    const rewards = [await runReward(answer)];
    const lines = (await storedText(ASKED, rewards)).trimEnd().split('\n');
    lines[1] = lines[1]!.slice(0, 40);
    lines[4] = '[1, 2]';
    lines[7] = lines[7]!.replace('"tokens":', '"tokenz":');
    lines[8] = lines[8]!.slice(0, -5);
    const { counts, broken } = await hear(lines.join('\n'), rewards);
    expect(counts).toEqual({ groups: 2, completions: 4, brokenLines: 4, incompleteGroups: 1 });
    expect(broken.map(([line]) => line)).toEqual([2, 5, 8, 9]);
    expect(broken[0]![1]).toMatch(/^not JSON/);
    expect(broken[2]![1]).toBe('not a rollout: its "tokens" is missing or damaged');
  });

  test('lines of an older version are refused with their number', async () => {
    const rewards = [await runReward(answer)];
    const old = (await storedText(ASKED, rewards)).replaceAll('"problemType":', '"problemKind":');
    await expect(hear(old, rewards)).rejects.toMatchObject({
      code: 'rollouts-old',
      message: expect.stringMatching(/line 1 has no problemType/),
    });
  });

  test('lines without a version are read; a line of a later release is an error', async () => {
    const rewards = [await runReward(answer)];
    const text = await storedText(ASKED, rewards);
    const old = await hear(text.replaceAll('"version":3,', ''), rewards);
    expect(old.counts).toEqual((await hear(text, rewards)).counts);
    expect(old.broken).toEqual([]);
    const lines = text.split('\n');
    lines[1] = '{"version":4,"of":"another form"}';
    await expect(hear(lines.join('\n'), rewards)).rejects.toMatchObject({
      code: 'format-newer',
      message: expect.stringMatching(/line 2 is in version 4 .*Update Loci/),
    });
  });

  test('a file without valid rollouts is an error, and so is a missing file', async () => {
    const rewards = [await runReward(answer)];
    await expect(hear('{"step":\n', rewards)).rejects.toMatchObject({ code: 'rollouts-empty' });
    await expect(hear('', rewards)).rejects.toMatchObject({ code: 'rollouts-empty' });
    await expect(
      rescore('/nowhere/rollouts.jsonl', rewards, { onLine: () => undefined }),
    ).rejects.toMatchObject({ code: 'rollouts-unreadable' });
  });

  test('lines of version 1, which knew shuffled frames only, are scored the same', async () => {
    const rewards = await bundled();
    const text = await storedText(ASKED, rewards);
    const old = text.replaceAll('"look":"shuffled"', '"shuffled":true');
    expect(old).not.toBe(text);
    const [before, now] = [await hear(old, rewards), await hear(text, rewards)];
    expect(before.counts).toEqual(now.counts);
    expect(before.lines).toEqual(now.lines);
  });

  test('lines of version 2, which had one medium in place of the list, are scored the same', async () => {
    const rewards = await bundled();
    const text = await storedText(ASKED, rewards);
    const old = text
      .replaceAll('"version":3,', '"version":2,')
      .replaceAll(/"media":\[(\{[^}]*\})\]/g, '"media":$1');
    expect(old).toContain('"media":{"kind":"video"');
    const [before, now] = [await hear(old, rewards), await hear(text, rewards)];
    expect(before.counts).toEqual(now.counts);
    expect(before.lines).toEqual(now.lines);
  });

  test('each look goes to the rewards that compare with it', async () => {
    const seen: string[] = [];
    const comparing = defineReward({
      name: 'comparing',
      description: 'Remembers what it is shown.',
      looks: { blank: { show: 'blank' }, 'mirrored-1': { show: 'mirrored', completions: 1 } },
      scoreGroup: (completions, _, { group }) => {
        for (const [name, look] of group.looks ?? []) {
          seen.push(`${name} ${look.completions.map(({ text }) => text).join()}`);
        }
        return completions.map(() => 0);
      },
    });
    const rewards = [await runReward(comparing)];
    const asked = {
      texts: ['a', 'b'],
      looks: { blank: ['c', 'd'], 'mirrored-1': ['e'], other: ['f'] },
    };
    const text = await storedText([asked, asked], rewards);
    seen.length = 0;
    const { counts, lines } = await hear(text, rewards);
    expect(counts).toMatchObject({ groups: 2, completions: 4, incompleteGroups: 0 });
    expect(lines.map(({ stored }) => stored.look ?? 'own').join(' ')).toBe(
      Array(2).fill('own own blank blank mirrored-1 other').join(' '),
    );
    expect(seen).toEqual(['blank c,d', 'mirrored-1 e', 'blank c,d', 'mirrored-1 e']);
  });

  test('lines of a look whose completions are gone are kept as they are', async () => {
    const rewards = [await runReward(temporal)];
    const lines = (await storedText(ASKED.slice(0, 1), rewards)).trimEnd().split('\n');
    const other = await storedText(ASKED.slice(1), rewards);
    const { counts, lines: heard } = await hear(`${lines.slice(4).join('\n')}\n${other}`, rewards);
    expect(counts).toMatchObject({ groups: 1, incompleteGroups: 1 });
    expect(heard.map(({ now }: { now: RolloutLine }) => now.look)).toEqual([
      'shuffled',
      'shuffled',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('reads what the prompt opened before every text', async () => {
    const rewards = [await runReward(answer), await runReward(format)];
    const closing = (letter: string): string => said(letter).replace('<think>', '');
    const asked = { texts: [closing('B'), said('B')], looks: { shuffled: [closing('B')] } };
    const text = await storedText([{ ...asked, opened: '<think>' }, asked], rewards);
    const { lines } = await hear(text, rewards);
    const formats = lines.map(({ now }) => now.outcomes['format']);
    expect(formats).toEqual([
      { status: 'scored', value: 1 },
      { status: 'scored', value: 0, reason: 'more than one <think>' },
      undefined,
      { status: 'scored', value: 0, reason: 'no <think>' },
      { status: 'scored', value: 1 },
      undefined,
    ]);
    for (const { stored, now } of lines) expect(now).toEqual(stored);
    expect(lines.map(({ stored }) => stored.opened)).toEqual([
      ...['<think>', '<think>', '<think>'],
      ...[undefined, undefined, undefined],
    ]);
  });

  test('a line whose opened text is not a text is broken', async () => {
    const text = await storedText([{ texts: [said('B')], opened: '<think>' }], []);
    const { broken } = await hear(`${text}${text.replace('"<think>"', '7')}`, []);
    expect(broken).toEqual([[2, 'not a rollout: its "opened" is missing or damaged']]);
  });
});
