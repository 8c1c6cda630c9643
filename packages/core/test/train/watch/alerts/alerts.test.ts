/** Each alert is raised by a run that suffers from what it is about, in the terminal and in the sinks; sound runs raise none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { map } from 'rxjs';
import { DEFAULT_ALERTS } from '../../../../src/config/alert-settings.ts';
import type { AlertName, MetricRecord, Reward, RunAlert } from '../../../../src/spec/index.ts';
import { FakePolicy } from '../../../../src/testing/index.ts';
import { AlertWatch, findAlerts } from '../../../../src/train/watch/alerts/alert-watch.ts';
import { WORDS, metricsOf, saysB, temporaryFolder, trainToy } from '../../../toy-run.ts';
import type { ToyParts } from '../../../toy-run.ts';

const OPTIONS = { words: WORDS, contexts: 4, maxPromptTokens: 64 };
/** Groups of the first three steps, which later ones are compared with, and of the evaluation before them. */
const EARLY_GROUPS = 3 * 4 + 2;

/** A policy that samples differently from some request on. */
class ChangingPolicy extends FakePolicy {
  readonly #change: (calls: number) => { readonly maxNewTokens?: number; readonly gap?: number };
  #calls = 0;

  constructor(
    change: (calls: number) => { readonly maxNewTokens?: number; readonly gap?: number },
  ) {
    super(OPTIONS);
    this.#change = change;
  }

  override sample(
    ...[request]: Parameters<FakePolicy['sample']>
  ): ReturnType<FakePolicy['sample']> {
    const { maxNewTokens = request.sampling.maxNewTokens, gap = 0 } = this.#change(++this.#calls);
    const sampling = { ...request.sampling, maxNewTokens };
    return super
      .sample({ ...request, sampling })
      .pipe(map((event) => ({ ...event, logProbs: event.logProbs.map((value) => value + gap) })));
  }
}

/** A reward by the group's number. */
function rewardOf(value: (group: number, completion: number) => number): Reward {
  let groups = 0;
  return {
    range: [0, 100],
    score: ({ completions }) => {
      const group = groups++;
      return completions.map((_, index) => ({ status: 'scored', value: value(group, index) }));
    },
  };
}

/** A run, and the settings under which it suffers, for each alert. */
const RUNS: Readonly<
  Record<AlertName, { readonly set?: readonly string[]; readonly parts?: ToyParts }>
> = {
  'reward-takes-over': {
    parts: {
      rewards: {
        answer: rewardOf((_, index) => 1 + (index % 2)),
        padding: rewardOf((group, index) => (group < EARLY_GROUPS ? 1 : 40) + (index % 2)),
      },
    },
  },
  'reward-spread-collapses': {
    parts: {
      rewards: {
        even: rewardOf((group, index) => (group < EARLY_GROUPS ? 10 : 0.1) * (index % 2)),
      },
    },
  },
  'length-drifts': {
    parts: { policy: () => new ChangingPolicy((calls) => ({ maxNewTokens: calls > 3 ? 1 : 4 })) },
  },
  'kl-grows': { set: ['optimizer.learningRate=0.5'] },
  'gap-grows': { parts: { policy: () => new ChangingPolicy(() => ({ gap: 0.1 })) } },
  'groups-without-signal': { parts: { rewards: { flat: rewardOf(() => 1) } } },
  'rewards-fail': {
    set: ['maxFailedGroupShare=1'],
    parts: {
      rewards: {
        flaky: {
          range: [0, 1],
          score: (input) => {
            if (input.sample.id === 'sample-1') throw new Error('no connection');
            return saysB.score(input);
          },
        },
      },
    },
  },
};

function metricsIn(path: string): readonly MetricRecord[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { step, ...values } = JSON.parse(line) as { readonly step: number };
      return { step, values };
    });
}

describe('an alert', () => {
  test.each(Object.entries(RUNS) as [AlertName, (typeof RUNS)[AlertName]][])(
    '%s is raised by a run that suffers from it, once, in terminal and sinks',
    async (name, { set = [], parts = {} }) => {
      const folder = temporaryFolder();
      const { lines, events } = await trainToy(
        folder,
        ['steps=8', 'alerts.window=3', 'evaluate.questions=2', ...set],
        parts,
      );
      const alerts = readFileSync(join(folder, 'alerts.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as RunAlert);
      const [alert, ...again] = alerts.filter((one) => one.name === name);
      expect(again).toEqual([]);
      expect(alert).toMatchObject({
        name,
        value: expect.any(Number),
        threshold: expect.any(Number),
      });
      expect(lines).toContain(`Alert of step ${alert!.step}: ${alert!.message}`);
      expect(Object.keys(metricsOf(events).at(alert!.step - 1)!)).toContain(alert!.metric);
      const stored = metricsIn(join(folder, 'metrics.jsonl'));
      const settings = { alerts: { ...DEFAULT_ALERTS, window: 3 }, promptsPerStep: 4 };
      expect(findAlerts(stored, settings)).toEqual(alerts);
    },
  );

  test('is not raised where its threshold, or all alerts, are switched off', async () => {
    const parts = { rewards: { flat: rewardOf(() => 1) } };
    for (const off of ['alerts=false', 'alerts={ window: 3, maxIdleGroups: false }']) {
      const folder = temporaryFolder();
      const { lines } = await trainToy(folder, [off], parts);
      expect(existsSync(join(folder, 'alerts.jsonl'))).toBe(false);
      expect(lines.filter((line) => line.startsWith('Alert'))).toEqual([]);
    }
  });

  test.each([
    [
      [1, 1, 1, 0, 0, 1, 1],
      [0, 1, 0, 0, 0, 0, 1],
    ],
    [
      [0.6, 0.6, 0.3, 0.8, 0.6],
      [0, 1, 0, 0, 0],
    ],
  ])('of KL %p is raised again only when it was over for a window', (values, raised) => {
    const alerts = { ...DEFAULT_ALERTS, window: 2 };
    const watch = new AlertWatch({ alerts, promptsPerStep: 4 });
    const counts = values.map((kl, index) => watch.observe(index + 1, { 'policy/kl': kl }).length);
    expect(counts).toEqual(raised);
  });

  test('goes with its step when a run is resumed before it', async () => {
    const folder = temporaryFolder();
    const parts = { rewards: { flat: rewardOf(() => 1) } };
    const set = ['alerts.window=4', 'checkpoint.every=3', 'steps=5'];
    await trainToy(folder, set, parts, {
      onEvent: (event, stop) =>
        event.type === 'step-end' && event.step === 4 ? stop() : undefined,
    });
    expect(readFileSync(join(folder, 'alerts.jsonl'), 'utf8')).toContain('"step":4');
    await trainToy(folder, set, parts, { resume: true });
    expect(readFileSync(join(folder, 'alerts.jsonl'), 'utf8').match(/"step"/g)).toHaveLength(1);
  });

  test('is not raised by a run that learns as it should', async () => {
    const folder = temporaryFolder();
    const { lines } = await trainToy(folder, [
      'steps=60',
      'checkpoint.every=0',
      'objective.klWeight=0.1',
    ]);
    expect(lines.filter((line) => line.startsWith('Alert'))).toEqual([]);
    expect(existsSync(join(folder, 'alerts.jsonl'))).toBe(false);
  });

  test('is not raised by the default run', () => {
    const metrics = metricsIn(join(import.meta.dirname, 'default-run.jsonl'));
    expect(metrics).toHaveLength(180);
    expect(findAlerts(metrics, { promptsPerStep: 8 })).toEqual([]);
    const strict = { ...DEFAULT_ALERTS, maxKl: 0.05 };
    expect(findAlerts(metrics, { alerts: strict, promptsPerStep: 8 })).toHaveLength(1);
  });
});
