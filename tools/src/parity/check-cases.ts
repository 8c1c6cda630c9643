/** Features, logits, log-probabilities and greedy decoding of the cases. */
import type { PositionRule } from '@loci/backends';
import type { Fixture, ParityCase } from './fixture.ts';
import { integers } from './fixture.ts';
import type { ParityEngine } from './parity-engine.ts';
import { differences, worstDifference } from './report.ts';
import type { Report } from './report.ts';

const FEATURES = 1e-4;
const LOGITS = 5e-4;
const LOG_PROBS = 2e-4;

/** What does not depend on the position rule: vision features. */
export async function checkFeatures(
  { arrays }: Fixture,
  report: Report,
  engine: ParityEngine,
  { prefix, media }: ParityCase,
): Promise<void> {
  for (const kind of ['image', 'video'] as const) {
    const name = `${prefix}/${kind}_features`;
    if (!arrays.entries.has(name)) continue;
    const found = await engine.features(media[`${kind}s`]);
    report.add(name, worstDifference(found, await arrays.readFloats(name)), FEATURES);
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
  const groups = prompts.map((prompt, row) => ({ prompt, completions: [completions[row]!] }));
  const found = (await engine.logProbs(groups)).flatMap(([values]) => [...values!]);
  const expected = await arrays.readFloats(name);
  report.add(`${name} (rule ${rule})`, worstDifference(found, expected), LOG_PROBS);
}

/** Logits at every prompt position, where stored. */
export async function checkLogits(
  { arrays }: Fixture,
  report: Report,
  engine: ParityEngine,
  { prefix, prompts }: ParityCase,
  array = 'logits',
): Promise<void> {
  const name = `${prefix}/${array}`;
  if (!arrays.entries.has(name)) return;
  const found = await engine.logits(prompts[0]!);
  const expected = await arrays.readFloats(name);
  const end = found.subarray(found.length - expected.length);
  report.add(name, worstDifference(end, expected), LOGITS);
}

/** The greedy continuation of the decoding loop, and the logits of each of its steps where stored. */
export async function checkGreedy(
  { arrays }: Fixture,
  report: Report,
  engine: ParityEngine,
  { prefix, prompts }: ParityCase,
): Promise<void> {
  const expected = await integers(arrays, `${prefix}/greedy_ids`);
  const found = await engine.greedy(prompts, expected.length / prompts.length);
  const ids = found.flatMap(({ tokenIds }) => [...tokenIds]);
  report.add(`${prefix}/greedy_ids`, differences(ids, expected), 0);
  const name = `${prefix}/greedy_logits`;
  if (!arrays.entries.has(name)) return;
  const worst = worstDifference(found[0]!.logits, await arrays.readFloats(name));
  report.add(name, worst, LOGITS);
}
