/** Writes checkpoints as verl does: shards that only verl reads, and a Hugging Face folder, with weights where the settings want them. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const LATEST = 'latest_checkpointed_iteration.txt';
const WEIGHTS = /\.safetensors(?:\.index\.json)?$/u;

/** @param {string} folder @returns {number} 0 where there is none */
export function latestStep(folder) {
  const file = join(folder, LATEST);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

/**
 * @param {{ folder: string, step: number, model: string, isWhole: boolean, ranks: number, keep: number | undefined }} settings
 */
export function save({ folder, step, model, isWhole, ranks, keep }) {
  const actor = join(folder, `global_step_${step}`, 'actor');
  mkdirSync(actor, { recursive: true });
  for (let rank = 0; rank < ranks; rank++) {
    for (const part of ['model', 'optim', 'extra_state']) {
      writeFileSync(join(actor, `${part}_world_size_${ranks}_rank_${rank}.pt`), model);
    }
  }
  copyModel(model, join(actor, 'huggingface'), isWhole);
  writeFileSync(join(folder, LATEST), String(step));
  if (keep === undefined) return;
  const steps = readdirSync(folder).flatMap((name) => /^global_step_(\d+)$/u.exec(name)?.[1] ?? []);
  for (const old of steps
    .map(Number)
    .sort((a, b) => b - a)
    .slice(keep)) {
    rmSync(join(folder, `global_step_${old}`), { recursive: true });
  }
}

/**
 * As `python3 -m verl.model_merger merge` does.
 *
 * @param {readonly string[]} words
 */
export function merge(words) {
  const after = (/** @type {string} */ flag) => words[words.indexOf(flag) + 1] ?? '';
  const [source, target] = [after('--local_dir'), after('--target_dir')];
  const shard = readdirSync(source).find((name) => name.startsWith('model_world_size_'));
  if (shard === undefined) throw new Error(`no shards in ${source}`);
  copyModel(readFileSync(join(source, shard), 'utf8'), target, true);
  console.log(`merged into ${target}`);
}

/** @param {string} model @param {string} target @param {boolean} isWhole */
function copyModel(model, target, isWhole) {
  const filter = (/** @type {string} */ path) => isWhole || !WEIGHTS.test(path);
  cpSync(model, target, { recursive: true, filter });
}
