/** Lists the evaluations in a run folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluationSummary } from '../wire/wire.ts';
import { foldersIn } from './find-runs.ts';

const STEP = /^step-(\d+)$/u;
const ORDER = ['before', 'after'];

/** The evaluations of a run: its own benchmark's first, then those of further ones, by step. */
export function evaluationsIn(
  folder: string,
  kind: 'training' | 'evaluation',
): readonly EvaluationSummary[] {
  if (kind === 'evaluation') return [{ key: '.', title: 'answers', hasItems: true }];
  const root = join(folder, 'evaluations');
  const own = foldersIn(root).filter((name) => STEP.test(name) || ORDER.includes(name));
  const first = ORDER.filter((name) => !own.includes(name)).filter((name) =>
    existsSync(join(root, `${name}.json`)),
  );
  const others = foldersIn(root).filter((name) => !own.includes(name));
  return [
    ...[...own, ...first].map((name) => entry(name, titleOf(name), name)).toSorted(byStep),
    ...others.flatMap((name) =>
      foldersIn(join(root, name)).map((step) =>
        entry(`${name}/${step}`, `${name}, ${titleOf(step)}`, step),
      ),
    ),
  ];

  function entry(key: string, title: string, name: string): EvaluationSummary {
    const step = STEP.exec(name)?.[1];
    return {
      key,
      title,
      ...(step !== undefined && { step: Number(step) }),
      hasItems: existsSync(join(root, key, 'predictions.jsonl')),
    };
  }
}

function titleOf(name: string): string {
  const step = STEP.exec(name)?.[1];
  return step === undefined ? `${name} training` : `after step ${Number(step)}`;
}

/** Before training, steps in order, after training. */
function byStep(a: EvaluationSummary, b: EvaluationSummary): number {
  const place = ({ key, step }: EvaluationSummary): number =>
    key === 'before' ? -1 : (step ?? Number.POSITIVE_INFINITY);
  return place(a) - place(b) || 0;
}
