/** The small training that is killed, and what must not differ from one that was left alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError } from '@loci/core';
import { lastWords, leftovers, run } from './drill.ts';

/** Steps of the training; each writes a checkpoint. */
export const STEPS = 6;

const CONFIG = `
steps: ${STEPS}
promptsPerStep: 2
evaluate: { questions: 6 }
checkpoint: { every: 1 }
dataset: { folder: ./rooms, trainScenes: 6, testScenes: 2 }
sampler: { completionsPerPrompt: 4, maxNewTokens: 32 }
`;

/** Words of a command that starts the training in a folder. */
export const beginning = (folder: string): readonly string[] => [
  ...['train', '--config', 'small.yaml', '--run', folder],
];

/** Words of the command that a person would type after it was killed: nothing is to be resumed of a run that did not get to its config. */
export function goingOn(place: string, folder: string): readonly string[] {
  const hasRun = existsSync(join(place, folder, 'config.yaml'));
  return hasRun ? ['train', '--resume', folder] : beginning(folder);
}

/** A training that nobody disturbed. */
export interface Reference {
  /** How long it took, starting included. */
  readonly ms: number;
  readonly folder: string;
}

/** Writes the config, and trains once undisturbed; the rooms are made then. */
export async function undisturbed(place: string): Promise<Reference> {
  writeFileSync(join(place, 'small.yaml'), CONFIG);
  await run(place, ['generate', '--config', 'small.yaml', '--out', 'rooms']);
  const begun = performance.now();
  const ended = await run(place, beginning('undisturbed'));
  if (ended.code !== 0) {
    throw new LociError(
      'drill-failed',
      `A training that nobody disturbed ended ${lastWords(ended)}`,
    );
  }
  return { ms: performance.now() - begun, folder: join(place, 'undisturbed') };
}

/** What of a finished run differs from the one that was left alone, and what it left behind. */
export function differences(folder: string, reference: string): readonly string[] {
  const text = (root: string, file: string): string =>
    existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : 'absent';
  const differing = ['rollouts.jsonl', 'evaluations/before.json', 'evaluations/after.json'].filter(
    (file) => text(folder, file) !== text(reference, file),
  );
  const isSame =
    timeless(text(folder, 'metrics.jsonl')) === timeless(text(reference, 'metrics.jsonl'));
  return [
    ...differing.map((file) => `${file} differs`),
    ...(isSame ? [] : ['metrics.jsonl differs']),
    ...leftovers(folder).map((path) => `${path} is left`),
  ];
}

/** Metrics without what depends on the clock. */
function timeless(lines: string): string {
  return lines.replaceAll(/"(?:seconds|speed)\/[^"]*":[^,}]*,?/gu, '').replaceAll(',}', '}');
}
