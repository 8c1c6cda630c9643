/**
 * Stands in for `swift rlhf --rlhf_type grpo`: reads the rows, requests rewards as the plugin does, and writes `logging.jsonl`,
 * `completions.jsonl` and checkpoints as ms-swift does. It learns nothing. It has STAND_IN_STEP_MS and STAND_IN_FAIL_AT of `verl.mjs`.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askRewards } from './rewards.mjs';

const [command, ...words] = process.argv.slice(2);
if (command !== 'rlhf') throw new Error(`the stand-in has no swift ${command}`);

/** @type {Map<string, string>} */
const flags = new Map();
words.forEach((word, at) => {
  if (word.startsWith('--')) flags.set(word.slice(2), words[at + 1] ?? '');
});

/** @param {string} name */
function need(name) {
  const value = flags.get(name);
  if (value === undefined) throw new Error(`--${name} is not given`);
  return value;
}

const output = need('output_dir');
const rows = readFileSync(need('dataset'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const total = Number(need('max_steps'));
const completions = Number(need('num_generations'));
const perStep = Number(need('generation_batch_size')) / completions;
const resumed = flags.get('resume_from_checkpoint');
const from = resumed === undefined ? 0 : Number(basename(resumed).replace('checkpoint-', ''));
if (!existsSync(need('external_plugins'))) throw new Error('the plugin is not there');
mkdirSync(output, { recursive: true });

for (let step = from + 1; step <= total; step++) {
  await sleep(Number(process.env['STAND_IN_STEP_MS'] ?? 0));
  if (step === Number(process.env['STAND_IN_FAIL_AT']) && from === 0)
    throw new Error(`the stand-in fails at step ${step}`);
  const batch = Array.from({ length: perStep * completions }, (_, index) => {
    const [at, nth] = [Math.floor(index / completions), index % completions];
    const row = rows[((step - 1) * perStep + at) % rows.length];
    const answer = nth === 0 ? row.solution : 'no idea';
    const closed = /<answer>/u.test(answer) ? answer : `<answer>${answer}</answer>`;
    return {
      ...{
        truth: row.sample,
        step,
        split: /** @type {const} */ ('train'),
        source: 'loci',
        index: row.index,
      },
      ...{
        group: `${step - 1}:${step}-${at}`,
        member: `${step}-${at}_${nth}`,
        tokens: 20,
        truncated: false,
      },
      ...(row.opened !== '' && { opened: row.opened }),
      text: `I look around.</think>${closed}`,
    };
  });
  const rewards = await askRewards(batch);
  const scores = rewards.map((reward) => reward?.score ?? null);
  const known = scores.filter((score) => score !== null);
  const mean = known.reduce((sum, score) => sum + score, 0) / Math.max(1, known.length);
  batch.forEach(({ text }, index) => {
    append('completions.jsonl', { step: String(step), completion: text, loci: scores[index] });
  });
  append('logging.jsonl', {
    ...{
      loss: 0.01,
      grad_norm: 1,
      learning_rate: Number(need('learning_rate')),
      reward: mean,
      kl: 0.001,
    },
    ...{ 'completions/mean_length': 20, 'global_step/max_steps': `${step}/${total}` },
  });
  if (step === total || step % Number(need('save_steps')) === 0) save(step);
}
append('logging.jsonl', { train_runtime: 1, 'global_step/max_steps': `${total}/${total}` });

/** @param {string} name @param {object} line */
function append(name, line) {
  appendFileSync(join(output, name), `${JSON.stringify(line)}\n`);
}

/** @param {number} step */
function save(step) {
  const folder = join(output, `checkpoint-${step}`);
  cpSync(need('model'), folder, { recursive: true });
  writeFileSync(join(folder, 'trainer_state.json'), JSON.stringify({ global_step: step }));
}
