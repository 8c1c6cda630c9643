/**
 * `nx run rewards:bench [-- --rounds 5 --calls 5]`: completions per second of every reward on one thread, and the time for one completion of
 * a million characters. Machines are noisy, so compare versions that were measured alternately.
 */
import { parseArgs } from 'node:util';
import type { ProblemType, Sample } from '@loci/core';
import { SG_RLVR, benchRewards } from './bench-rewards.ts';
import type { BenchReward } from './bench-rewards.ts';
import { benchGroups } from './groups.ts';
import { LONG_TEXTS } from './long-texts.ts';
import { median, timeGroups, timeText } from './measure.ts';

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '1250' },
    rounds: { type: 'string', default: '5' },
    calls: { type: 'string', default: '5' },
  },
});

const GROUP_SIZE = 8;
/** Longest acceptable time for a completion of a million characters. */
const BOUND_MS = 50;
const LABEL_WIDTH = 36;

function line(text = ''): void {
  process.stdout.write(`${text}\n`);
}

async function completionsPerSecond(rewards: readonly BenchReward[]): Promise<void> {
  const groups = benchGroups(Number(values.groups), GROUP_SIZE);
  const completions = groups.length * GROUP_SIZE;
  const characters = groups
    .flatMap((group) => group.completions)
    .reduce((sum, { text }) => sum + text.length, 0);
  await timeGroups(rewards, groups);
  const rounds: ReadonlyMap<string, number>[] = [];
  while (rounds.length < Number(values.rounds)) rounds.push(await timeGroups(rewards, groups));
  line(
    `${completions} completions in groups of ${GROUP_SIZE}, ${Math.round(characters / completions)} characters each, median of ${rounds.length} rounds, one thread`,
  );
  line();
  line(`${'reward'.padEnd(LABEL_WIDTH)}${'completions/s'.padStart(14)}${'µs each'.padStart(10)}`);
  const show = (label: string, labels: readonly string[]) => {
    const seconds = median(
      rounds.map((round) => labels.reduce((sum, one) => sum + round.get(one)!, 0)),
    );
    const rate = Math.round(completions / seconds);
    const each = ((seconds / completions) * 1e6).toFixed(1);
    line(`${label.padEnd(LABEL_WIDTH)}${String(rate).padStart(14)}${each.padStart(10)}`);
  };
  for (const { label } of rewards) show(label, [label]);
  show(SG_RLVR.join(' + '), SG_RLVR);
  show(
    'all of them',
    rewards.map(({ label }) => label),
  );
}

const MAP = {
  bed: [
    [1, 1],
    [2, 5],
    [7, 7],
  ],
  chair: [[3, 3]],
  TV: [[9, 0]],
} as const;
const QUESTION: Sample = {
  id: 'long',
  problem: 'how many of this are in the room: bed?',
  options: [],
  problemType: 'numerical',
  solution: '<answer>3</answer>',
  media: [{ kind: 'video', path: 'long.mp4' }],
  source: 'SR_dataset',
  map: MAP,
};
/** Problem types with true answers: the answer reward has a column for each, the other rewards have one. */
const TRUTHS: readonly (readonly [ProblemType, string])[] = [
  ['multiple choice', 'A'],
  ['numerical', '3'],
  ['OCR', 'the man opens the door of the red house and goes in'],
  ['free-form', 'the man opens the door of the red house and goes in'],
  ['regression', '3'],
];

async function longTexts(rewards: readonly BenchReward[]): Promise<void> {
  const answer = rewards.find(({ label }) => label === 'answer')!;
  const columns = [
    ...TRUTHS.map(([problemType, truth]) => {
      const solution = `<answer>${truth}</answer>`;
      return { label: problemType, reward: answer, sample: { ...QUESTION, problemType, solution } };
    }),
    ...rewards
      .filter((one) => one !== answer)
      .map((reward) => ({ label: reward.label, reward, sample: QUESTION })),
  ];
  line(
    `one completion of a million characters: milliseconds, least of ${values.calls} calls; * more than ${BOUND_MS}`,
  );
  line();
  const widths = columns.map(({ label }) => Math.max(label.length, 7) + 2);
  line(
    ''.padEnd(LABEL_WIDTH) +
      columns.map(({ label }, index) => label.padStart(widths[index]!)).join(''),
  );
  for (const [name, write] of LONG_TEXTS) {
    const text = write();
    const cells: string[] = [];
    for (const [index, { reward, sample }] of columns.entries()) {
      const time = await timeText(reward, sample, text, Number(values.calls));
      cells.push(`${time.toFixed(1)}${time > BOUND_MS ? '*' : ' '}`.padStart(widths[index]!));
    }
    line(name.padEnd(LABEL_WIDTH) + cells.join(''));
  }
}

const rewards = await benchRewards();
await completionsPerSecond(rewards);
line();
await longTexts(rewards);
