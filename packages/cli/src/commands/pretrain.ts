import { existsSync, readdirSync, statSync } from 'node:fs';
import { FolderLock, LociError, mendFolder } from '@loci/core';
import { nextCommand } from '../next-command.ts';
import { loadBackends } from '../parts.ts';
import type { PretrainFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { resolveUserPath } from '../paths.ts';
import { recipeSchema } from '../pretrain/recipe-schema.ts';
import { readRecipe } from '../read-recipe.ts';
import { unusedSettings } from '../unused-settings.ts';
import { outFolder } from '../written-paths.ts';

/** Saving replaces the folder, so it must be new, empty or hold an earlier start model and no folders. */
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
    `${folder} has other files than a start model, which would be lost: name a new folder.`,
  );
}

/**
 * Makes a start model in the folder `--out`, with the prompt and the engine of the config.
 *
 * @throws LociError `folder-in-use`, `folder-not-empty`, `recipe-unreadable` or `recipe-invalid`, or those of config and engine.
 */
export async function pretrainModel(flags: PretrainFlags, io: Io): Promise<void> {
  const { OnnxPolicy } = await loadBackends('Pretraining');
  const { pretrain } = await import('../pretrain/pretrain.ts');
  const out = outFolder(flags.out ?? 'runs/start-model', io.userDirectory);
  refuseForeign(out);
  const { recipe: file, seed } = flags;
  const recipe = readRecipe(recipeSchema, { file, seed }, io);
  const set = [...flags.set, `policy.model=${JSON.stringify(out)}`];
  const progress = createProgress(io.out, flags.quiet === true);
  const logger = progressLogger(progress, io.out, flags.quiet === true);
  for (const line of unusedSettings('pretrain', flags.set))
    logger.warn(`${line}; put keys of the recipe into --recipe`);
  const run = await openRun({ ...flags, set }, io, { logger });
  const lock = FolderLock.take(out, { beside: true });
  try {
    mendFolder(out);
    await pretrain({
      recipe,
      out,
      prompt: await run.prompt(),
      resolve: (path) => resolveUserPath(path, io.userDirectory),
      async open() {
        const policy = await run.policy();
        if (policy instanceof OnnxPolicy) {
          if (policy.engine.tuning === undefined) return policy;
          throw new LociError(
            'policy-cannot',
            'Pretraining trains the whole model: leave policy.lora and policy.freeze out',
          );
        }
        throw new LociError(
          'policy-cannot',
          'Pretraining works only with the ONNX engine: leave policy.use at onnx',
        );
      },
      log: (line) => logger.info(line),
      ...(logger.progress && { progress: progress.update }),
    });
    progress.stop();
    io.result?.({ model: out });
    print(io, `try it   ${nextCommand('evaluate', `--policy ${out}`)}`);
  } finally {
    progress.stop();
    lock.release();
    await run.dispose();
  }
}
