/** Grids, features, logits, log-probabilities and greedy decoding of the cases. */
import type { PositionRule } from '@loci/backends/internal';
import type { EncodedMedia } from '@loci/core';
import type { Fixture, ParityCase } from './fixture.ts';
import { integers } from './fixture.ts';
import type { ParityEngine } from './parity-engine.ts';
import { differences, worstDifference } from './report.ts';
import type { Report } from './report.ts';

const FEATURES = 1e-4;
const LOGITS = 5e-4;
const LOG_PROBS = 2e-4;

/** The grids that are stored beside a case or the batch are those of its media. */
export async function checkGrids(
  { arrays }: Fixture,
  report: Report,
  prefix: string,
  media: readonly EncodedMedia[],
): Promise<void> {
  for (const kind of ['image', 'video'] as const) {
    const name = `${prefix}/${kind}_grid_thw`;
    if (!arrays.entries.has(name)) continue;
    const found = media.filter((medium) => medium.kind === kind).flatMap(({ grid }) => [...grid]);
    report.add(name, differences(found, await integers(arrays, name)), 0);
  }
}

/** What does not depend on the position rule: grids and vision features. */
export async function checkFeatures(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
  { prefix, media }: ParityCase,
): Promise<void> {
  const { arrays } = fixture;
  await checkGrids(fixture, report, prefix, [...media.images, ...media.videos]);
  for (const kind of ['image', 'video'] as const) {
    const name = `${prefix}/${kind}_features`;
    if (!arrays.entries.has(name)) continue;
    const { features, levels } = await engine.features(media[`${kind}s`]);
    report.add(name, worstDifference(features, await arrays.readFloats(name)), FEATURES);
    // eslint-disable-next-line house/parameter-names -- so the fixture names its arrays, whatever the model's parameters are called.
    const deep = `${prefix}/${kind}_deepstack`;
    if (!arrays.entries.has(deep)) continue;
    const found = levels.flatMap((level) => [...level]);
    report.add(deep, worstDifference(found, await arrays.readFloats(deep)), FEATURES);
  }
}

/** Log-probabilities of the given completions under the rule that the engine was opened with. */
export async function checkLogProbs(
  { arrays }: Fixture,
  report: Report,
  engine: ParityEngine,
  rule: PositionRule,
  { prefix, prompts, completions }: ParityCase,
): Promise<void> {
  const differing = `${prefix}/v4_completion_logps`;
  const name =
    rule === '4.49' && arrays.entries.has(differing) ? differing : `${prefix}/completion_logps`;
  if (!arrays.entries.has(name)) return report.absent(name);
  const groups = prompts.map((prompt, row) => ({ prompt, completions: [completions[row]!] }));
  const found = (await engine.logProbs(groups)).flatMap(([values]) => [...values!]);
  const expected = await arrays.readFloats(name);
  report.add(`${name} (rule ${rule})`, worstDifference(found, expected), LOG_PROBS);
}

/**
 * Logits where they are stored: `[rows, positions, vocabulary]` with padding in front, or of the last position alone
 * `[rows, vocabulary]`.
 */
export async function checkLogits(
  { arrays, model }: Fixture,
  report: Report,
  engine: ParityEngine,
  { prefix, prompts }: ParityCase,
  array = 'logits',
): Promise<void> {
  const name = `${prefix}/${array}`;
  if (!arrays.entries.has(name)) return;
  const expected = await arrays.readFloats(name);
  const { vocabularySize } = model.decoder;
  const positions = expected.length / prompts.length / vocabularySize;
  let worst = 0;
  for (const [row, prompt] of prompts.entries()) {
    const found = await engine.logits(prompt);
    const size = Math.min(positions, prompt.tokenIds.length) * vocabularySize;
    const end = (row + 1) * positions * vocabularySize;
    const last = found.subarray(found.length - size);
    worst = Math.max(worst, worstDifference(last, expected.subarray(end - size, end)));
  }
  report.add(name, worst, LOGITS);
}

/** The greedy continuation of the decoding loop, and the logits of each of its steps where stored. */
export async function checkGreedy(
  { arrays }: Fixture,
  report: Report,
  engine: ParityEngine,
  { prefix, prompts }: ParityCase,
): Promise<void> {
  if (!arrays.entries.has(`${prefix}/greedy_ids`)) return report.absent(`${prefix}/greedy_ids`);
  const expected = await integers(arrays, `${prefix}/greedy_ids`);
  const found = await engine.greedy(prompts, expected.length / prompts.length);
  const ids = found.flatMap(({ tokenIds }) => [...tokenIds]);
  report.add(`${prefix}/greedy_ids`, differences(ids, expected), 0);
  const name = `${prefix}/greedy_logits`;
  if (!arrays.entries.has(name)) return;
  const logits = found.flatMap((continuation) => [...continuation.logits]);
  report.add(name, worstDifference(logits, await arrays.readFloats(name)), LOGITS);
}
