import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';
import { BUNDLED_START_MODEL } from '../assets.ts';
import { freshItems, heldOutItems, trainedItems } from '../diagnose/asked-rooms.ts';
import { diagnoseMaps, diagnoseReading, type DiagnosisParts } from '../diagnose/diagnose.ts';
import { diagnosisPage } from '../diagnose/diagnosis-page.ts';
import { figuresByKind, mapFigures, mapGap, type Diagnosis } from '../diagnose/figures.ts';
import { loadBackends } from '../parts.ts';
import type { DiagnoseFlags } from '../flags.ts';
import { bringPath } from '../hub/bring-path.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { LessonEncoder } from '../pretrain/lessons.ts';
import { recipeSchema } from '../pretrain/recipe-schema.ts';
import { seenSize, type PretrainRecipe } from '../pretrain/recipe.ts';
import { readRecipe } from '../read-recipe.ts';
import { unusedSettings } from '../unused-settings.ts';
import { outFolder } from '../written-paths.ts';

/** Default number of questions of each kind, and of rooms whose maps are compared. */
const QUESTIONS = 60;

/** Indices of rooms, as `--trained-rooms` names them. */
const placesSchema = z.array(z.int().nonnegative()).min(2);

/**
 * Diagnoses whether a start model, or a checkpoint of one, answers from its map; prints the tables and, with `--out`, writes
 * `diagnosis.md` and `diagnosis.json` into that folder.
 *
 * @throws LociError `rooms-unreadable`, or those of config, engine and recipe.
 */
export async function diagnose(flags: DiagnoseFlags, io: Io): Promise<void> {
  const { OnnxPolicy } = await loadBackends('The diagnosis');
  const folder =
    flags.model === undefined
      ? BUNDLED_START_MODEL
      : await bringPath(flags.model, 'model', io, flags.quiet === true);
  const out = flags.out === undefined ? undefined : outFolder(flags.out, io.userDirectory);
  const recipe = recipeOf(folder, io);
  const known = flags.trainedRooms === undefined ? undefined : readPlaces(flags.trainedRooms, io);
  const progress = createProgress(io.out, flags.quiet === true);
  const logger = progressLogger(progress, io.out, flags.quiet === true);
  for (const line of unusedSettings('diagnose', flags.set)) logger.warn(line);
  const set = [...flags.set, `policy.model=${JSON.stringify(folder)}`];
  const run = await openRun({ ...flags, set }, io, { logger, brings: ['policy'] });
  try {
    const policy = await run.policy();
    if (!(policy instanceof OnnxPolicy)) {
      throw new LociError(
        'policy-cannot',
        'The diagnosis works only with the ONNX engine: leave policy.use at onnx',
      );
    }
    const { model } = policy.engine;
    const prompt = await run.prompt();
    const encoder = await LessonEncoder.open(folder, model, prompt);
    const log = (line: string) => logger.info(line);
    const parts: DiagnosisParts = { policy, encoder, prompt, log, progress: logger.progress };
    const seen = seenSize(model);
    const questions = flags.questions ?? QUESTIONS;
    const answered = await diagnoseReading(parts, heldOutItems(questions, seen));
    const rooms = await compareRooms(parts, questions, { recipe, known, seen });
    const diagnosis = { kinds: figuresByKind(answered), ...rooms };
    const page = diagnosisPage(flags.model ?? 'the bundled start model', diagnosis);
    progress.stop();
    io.result?.(diagnosis);
    print(io, page);
    if (out === undefined) return;
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'diagnosis.md'), page);
    writeFileSync(join(out, 'diagnosis.json'), `${JSON.stringify(diagnosis, null, 2)}\n`);
    print(io, `written to ${out}`);
  } finally {
    progress.stop();
    await run.dispose();
  }
}

/** The recipe in a model's folder; undefined where there is none, as in a checkpoint of a run. */
function recipeOf(folder: string, io: Io): PretrainRecipe | undefined {
  const file = join(folder, 'recipe.json');
  return existsSync(file) ? readRecipe(recipeSchema, { file, seed: undefined }, io) : undefined;
}

interface Compared {
  readonly recipe: PretrainRecipe | undefined;
  readonly known: readonly number[] | undefined;
  readonly seen: ReturnType<typeof seenSize>;
}

async function compareRooms(
  parts: DiagnosisParts,
  rooms: number,
  { recipe, known, seen }: Compared,
): Promise<Omit<Diagnosis, 'kinds'>> {
  const fresh = mapFigures(
    'fresh',
    await diagnoseMaps(parts, 'fresh rooms', freshItems(rooms, seen)),
  );
  if (recipe === undefined) return { fresh };
  const items = trainedItems(recipe, rooms, seen, known);
  const trained = mapFigures('trained', await diagnoseMaps(parts, 'rooms trained on', items));
  return { fresh, trained, gap: mapGap(trained, fresh) };
}

/** Indices of rooms in the series of a recipe, from a JSON file. */
function readPlaces(typed: string, io: Io): readonly number[] {
  const file = resolveUserPath(typed, io.userDirectory);
  try {
    return placesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (thrown) {
    throw new LociError(
      'rooms-unreadable',
      `${file} must be a JSON list of indices of rooms, such as [0,1,5]: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}
