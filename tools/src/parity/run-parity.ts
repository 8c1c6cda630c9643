/** All checks of a parity folder, in order. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseModel } from '@loci/backends/internal';
import type { PositionRule } from '@loci/backends/internal';
import { checkFeatures, checkGreedy, checkLogits, checkLogProbs } from './check-cases.ts';
import { checkGrpo } from './check-grpo.ts';
import { checkLora } from './check-lora.ts';
import { checkPositions } from './check-positions.ts';
import { checkPreprocessing } from './check-preprocessing.ts';
import { checkSampling } from './check-sampling.ts';
import { openFixture, readCase } from './fixture.ts';
import type { Fixture, ParityCase } from './fixture.ts';
import type { OpenParityEngine, ParityEngine } from './parity-engine.ts';
import { Report } from './report.ts';

/** The rule that the reference arrays follow unless their name begins with `v4_`. */
const REFERENCE_RULE: PositionRule = '5.18';
const AUTHORS_RULE: PositionRule = '4.49';

async function checkUnderReferenceRule(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
  cases: readonly ParityCase[],
): Promise<void> {
  for (const own of cases) {
    await report.part(own.prefix, async () => {
      await checkPositions(fixture, report, own);
      await checkFeatures(fixture, report, engine, own);
      await checkLogits(fixture, report, engine, own);
      await checkLogProbs(fixture, report, engine, REFERENCE_RULE, own);
      await checkGreedy(fixture, report, engine, own);
    });
  }
  await report.part('grpo', () => checkGrpo(fixture, report, engine));
}

/** The nested spelling of the config says what the flat one says. */
async function checkNestedConfig({ folder, model }: Fixture, report: Report): Promise<void> {
  const file = join(folder, 'config.nested.json');
  if (!existsSync(file)) return report.absent('config.nested.json');
  const nested = parseModel(JSON.parse(await readFile(file, 'utf8')), file);
  report.add(
    'config.nested.json',
    isDeepStrictEqual(nested.configJson, model.configJson) ? 0 : 1,
    0,
  );
}

/** The same model from bfloat16 shards, widened to float32. */
async function checkBfloat16(
  fixture: Fixture,
  report: Report,
  open: OpenParityEngine,
  cases: readonly ParityCase[],
): Promise<void> {
  const weights = join(fixture.folder, 'sharded_bf16');
  if (!existsSync(weights)) return report.absent('sharded_bf16');
  const engine = await open({ model: fixture.model, weights, positionRule: REFERENCE_RULE });
  try {
    for (const own of cases) {
      for (const array of ['bf16_logits', 'bf16_logits_last']) {
        await checkLogits(fixture, report, engine, own, array);
      }
    }
  } finally {
    await engine.dispose();
  }
}

/** An adapter on the model, where the folder has one. */
async function checkAdapter(
  fixture: Fixture,
  report: Report,
  open: OpenParityEngine,
): Promise<void> {
  const adapter = join(fixture.folder, 'lora');
  if (!existsSync(adapter)) return report.absent('lora');
  const { model, folder: weights } = fixture;
  const engine = await open({ model, weights, adapter, positionRule: REFERENCE_RULE });
  try {
    await checkLora(fixture, report, engine);
  } finally {
    await engine.dispose();
  }
}

/**
 * Checks an engine against a folder laid out like the reference set, printing a line a check and the total last.
 *
 * @throws Error when the folder cannot be read at all.
 */
export async function runParity(
  folder: string,
  open: OpenParityEngine,
  print: (line: string) => void,
): Promise<{ readonly passed: number; readonly total: number }> {
  const report = new Report(print);
  const fixture = await openFixture(folder);
  const opened = (positionRule: PositionRule) =>
    open({ model: fixture.model, weights: folder, positionRule });
  try {
    await report.part('config.nested.json', () => checkNestedConfig(fixture, report));
    await checkPreprocessing(fixture, report);
    await report.part('sampling', () => checkSampling(fixture, report));
    const cases = await Promise.all(
      Object.keys(fixture.facts.cases).map((name) => readCase(fixture, name)),
    );
    const reference = await opened(REFERENCE_RULE);
    print(reference.description);
    try {
      await checkUnderReferenceRule(fixture, report, reference, cases);
    } finally {
      await reference.dispose();
    }
    const authors = await opened(AUTHORS_RULE);
    try {
      for (const own of cases) {
        await report.part(`${own.prefix} (rule ${AUTHORS_RULE})`, () =>
          checkLogProbs(fixture, report, authors, AUTHORS_RULE, own),
        );
      }
    } finally {
      await authors.dispose();
    }
    await report.part('sharded_bf16', () => checkBfloat16(fixture, report, open, cases));
    await report.part('lora', () => checkAdapter(fixture, report, open));
    for (const name of fixture.unread()) report.notCovered(name);
  } finally {
    await fixture.close();
  }
  return report.finish();
}
