/** A toy run, whole, and killed in the middle of a step and resumed: what it wrote must be the same. */
import { cpSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ToyParts } from '../toy-run.ts';
import { temporaryFolder, trainToy } from '../toy-run.ts';

/** What two runs that draw the same have in common. */
export interface Written {
  readonly rollouts: string;
  /** Without times. */
  readonly metrics: readonly Readonly<Record<string, number>>[];
  /** State of the newest checkpoint, without the sizes of its files. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** What a run left in its folder. */
export function writtenIn(folder: string): Written {
  const checkpoints = readdirSync(join(folder, 'checkpoints')).filter((name) => /^step/.test(name));
  const state = JSON.parse(
    readFileSync(
      join(folder, 'checkpoints', checkpoints.sort().at(-1)!, 'trainer-state.json'),
      'utf8',
    ),
  ) as Record<string, unknown>;
  delete state['files'];
  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return {
    rollouts: readFileSync(join(folder, 'rollouts.jsonl'), 'utf8'),
    metrics: lines.map((line) => {
      const values = JSON.parse(line) as Record<string, number>;
      return Object.fromEntries(
        Object.entries(values).filter(([name]) => !/^(seconds|speed)\//.test(name)),
      );
    }),
    state,
  };
}

/** Trains to the end. */
export async function wholeRun(set: readonly string[], parts: ToyParts = {}): Promise<Written> {
  const folder = temporaryFolder();
  await trainToy(folder, set, parts);
  return writtenIn(folder);
}

/** The same run, killed while the rollouts of a step are reported, and resumed from its newest checkpoint. */
export async function killedRun(
  killedAt: number,
  set: readonly string[],
  parts: ToyParts = {},
): Promise<Written> {
  const folder = temporaryFolder();
  const killed = temporaryFolder();
  await trainToy(folder, set, parts, {
    onEvent: (event) => {
      if (event.type !== 'rollout-group' || event.step !== killedAt) return;
      rmSync(killed, { recursive: true });
      cpSync(folder, killed, { recursive: true });
    },
  });
  await trainToy(killed, set, parts, { resume: true });
  return writtenIn(killed);
}
