import { existsSync, readdirSync, statSync } from 'node:fs';
import { LociError } from '@loci/core';
import { ALL_QUESTION_KINDS } from '@loci/datasets';
import { z } from 'zod';
import { loadBackends } from '../engines.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import { DEFAULT_RECIPE } from '../pretrain/recipe.ts';
import type { PretrainFlags } from '../flags.ts';
import { readRecipe } from '../read-recipe.ts';

const count = z.int().positive();
const phase = z.strictObject({ steps: count, batch: count, learningRate: z.number().positive() });

/** What a recipe file may hold: the keys of `recipe.json` that differ from the recipe of the bundled model. */
export const recipeSchema = z.strictObject({
  architecture: z
    .string()
    .default(DEFAULT_RECIPE.architecture)
    .describe('kind of model: qwen2-5-vl or qwen3-vl'),
  seed: z.int().nonnegative().default(DEFAULT_RECIPE.seed).describe('of everything random'),
  rooms: count.default(DEFAULT_RECIPE.rooms).describe('rooms to learn from'),
  questionsPerRoom: count.default(DEFAULT_RECIPE.questionsPerRoom).describe('asked of each room'),
  kinds: z
    .array(z.enum(ALL_QUESTION_KINDS))
    .min(1)
    .default([...DEFAULT_RECIPE.kinds])
    .describe('kinds of questions'),
  warmUp: phase.default(DEFAULT_RECIPE.warmUp).describe('the vision tower, by reading maps off it'),
  supervised: phase
    .default(DEFAULT_RECIPE.supervised)
    .describe('the whole model, on worked completions'),
});

/** Saving replaces the folder: only one that an earlier start model lies in, and nothing below it, may be. */
function refuseForeign(folder: string): void {
  if (!existsSync(folder)) return;
  const entries = statSync(folder).isDirectory()
    ? readdirSync(folder, { withFileTypes: true })
    : undefined;
  const isOurs =
    entries?.every((entry) => entry.isFile()) &&
    (entries.length === 0 || entries.some(({ name }) => name === 'recipe.json'));
  if (isOurs) return;
  throw new LociError(
    'folder-not-empty',
    `${folder} holds something else than a start model, which would be lost; name a folder that is new.`,
  );
}

/**
 * Makes a start model in the folder `--out`, with the prompt and the engine of the config.
 *
 * @throws LociError `folder-not-empty`, `recipe-unreadable` or `recipe-invalid`, or those of config and engine.
 */
export async function pretrainModel(flags: PretrainFlags, io: Io): Promise<void> {
  const { OnnxPolicy } = await loadBackends('Pretraining');
  const { pretrain } = await import('../pretrain/pretrain.ts');
  const out = resolveUserPath(flags.out ?? 'runs/start-model', io.userDirectory);
  refuseForeign(out);
  const { recipe: file, seed } = flags;
  const recipe = readRecipe(recipeSchema, { file, seed }, io);
  const set = [...flags.set, `policy.model=${JSON.stringify(out)}`];
  const logger = plainLogger(io, flags.quiet === true);
  const run = await openRun({ ...flags, set }, io, { logger });
  try {
    await pretrain({
      recipe,
      out,
      prompt: await run.prompt(),
      async open() {
        const policy = await run.policy();
        if (policy instanceof OnnxPolicy) {
          if (policy.engine.tuning === undefined) return policy;
          throw new LociError(
            'policy-cannot',
            'Pretraining trains the whole of a model: leave policy.lora and policy.freeze out',
          );
        }
        throw new LociError(
          'policy-cannot',
          'Pretraining warms the vision tower up inside the ONNX engine: leave policy.use at onnx',
        );
      },
      log: (line) => logger.info(line),
    });
    print(io, `try it   npx nx run cli:evaluate -- --policy ${out}`);
  } finally {
    await run.dispose();
  }
}
