/** The rewards of this package keep the contract on every type of question, and the quirks of the reference are told apart. */
import { describe, expect, test } from '@jest/globals';
import { validateRewards } from '@loci/core';
import type { ErasedPlugin, Reward, RewardReport, RunReward, Sample } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';
import { answer, map, plugins } from '../src/index.ts';
import { ROOM, UNMAPPED } from './score.ts';

type Options = Readonly<Record<string, unknown>>;

/** Made with the options where the reward takes them, else with its defaults. */
async function rewards(
  options: Options,
  chosen: readonly ErasedPlugin<'reward'>[] = plugins,
): Promise<readonly RunReward[]> {
  const context = { seed: 1, baseDirectory: '.', logger: fakeLogger() };
  return Promise.all(
    chosen.map(async (plugin) => {
      const taken = plugin.options.safeParse(options).success ? options : {};
      const reward: Reward = await plugin.create(plugin.options.parse(taken) as never, context);
      return { name: plugin.name, weight: 1, timeoutMs: 10_000, reward };
    }),
  );
}

async function validate(
  samples: readonly Sample[],
  options: Options = {},
): Promise<Readonly<Record<string, RewardReport>>> {
  const reports = await validateRewards({
    rewards: await rewards(options),
    fresh: await rewards(options),
    corrected: await rewards({}),
    samples,
  });
  return Object.fromEntries(reports.map((report) => [report.name, report]));
}

const spatial = (
  problemType: Sample['problemType'],
  truth: string,
  id: string = problemType,
): Sample => ({
  ...ROOM,
  id,
  problemType,
  solution: `<answer>${truth}</answer>`,
});

const general = (
  problemType: Sample['problemType'],
  truth: string,
  id: string = problemType,
): Sample => ({
  ...UNMAPPED,
  id,
  problemType,
  solution: `<answer>${truth}</answer>`,
  source: 'LLaVA',
  media: [{ kind: 'image', path: 'i/1.png' }],
});

const SPATIAL = [
  spatial('multiple choice', 'B'),
  spatial('numerical', '2.5'),
  spatial('numerical', '0', 'nothing'),
  spatial('numerical', '-4', 'below'),
];
const GENERAL = [
  general('multiple choice', 'A'),
  general('numerical', '3'),
  general('OCR', 'EXIT only, please'),
  general('free-form', 'A man opens the door.'),
  general('free-form', 'door', 'one word'),
  general('free-form', '\u5ba2\u5385', 'no Latin letter'),
  general('regression', '12.5'),
  general('regression', '0', 'nothing'),
  general('regression', '1,234', 'thousands'),
];

const broken = (reports: Readonly<Record<string, RewardReport>>): readonly unknown[] =>
  Object.values(reports).flatMap(({ name, breaches }) =>
    breaches.map(({ rule, sampleId, said }) => [name, rule, sampleId, said]),
  );

const quirks = (report: RewardReport | undefined): readonly unknown[] => [
  ...new Set(report!.quirks.map(({ rule, sampleId }) => `${rule} ${sampleId}`)),
];

describe('bundled rewards', () => {
  test('keep the contract on spatial questions', async () => {
    const reports = await validate(SPATIAL);
    expect(broken(reports)).toEqual([]);
    for (const name of ['answer', 'map', 'format', 'temporal', 'length']) {
      const [, most] = reports[name]!.range;
      expect(reports[name]).toMatchObject({ silent: 0, quirks: [] });
      expect(reports[name]!.means.gold).toBeCloseTo(most);
    }
  });

  test('keep the contract on general questions', async () => {
    const reports = await validate(GENERAL);
    expect(broken(reports)).toEqual([]);
  });

  test.each([
    [{ when: 'always' }],
    [{ when: 'always', power: 3, clip: true, surplusWeight: 1 }],
    [{ penalty: false }],
  ])('map with %j', async (options) => {
    const made = await rewards(options, [map]);
    const all = [...made, ...(await rewards({}, [answer]))];
    const reports = await validateRewards({ rewards: all, fresh: all, samples: SPATIAL });
    expect(reports.flatMap(({ breaches }) => breaches)).toEqual([]);
  });
});

describe('the reference', () => {
  test('its quirks are named, and are no breaches', async () => {
    const reports = await validate([...SPATIAL, ...GENERAL], { compat: 'spacer' });
    expect(broken(reports)).toEqual([]);
    expect(quirks(reports['answer'])).toEqual([
      'gold nothing',
      'gold one word',
      'gold no Latin letter',
      'garbage regression',
      'garbage nothing',
      'garbage thousands',
    ]);
    expect(quirks(reports['format'])).toEqual([]);
    expect(reports['answer']!.quirks[0]).toMatchObject({ sampleId: 'nothing' });
  });
});
