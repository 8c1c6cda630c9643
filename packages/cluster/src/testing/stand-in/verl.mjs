/**
 * Stands in for `python3 -m verl.trainer.main_ppo` without a GPU: reads its rows, requests rewards, and writes metrics, rollouts and
 * checkpoints as verl does. It learns nothing, but its completions are right more often with each step.
 *
 * Variables: STAND_IN_STEP_MS (pause before each step), STAND_IN_HOLD_AT (step that waits for the file STAND_IN_GATE), STAND_IN_FAIL_AT (step
 * that raises, in the first attempt), STAND_IN_DIE_AT (step that is killed, in the first attempt).
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { latestStep, merge, save } from './checkpoints.mjs';
import { readOverrides } from './hydra.mjs';
import { askRewards } from './rewards.mjs';

const words = process.argv.slice(2);
if (words[0] === 'merge') merge(words);
else await train();

async function train() {
  const set = readOverrides(words);
  const text = (/** @type {string} */ key) => String(need(set, key));
  const number = (/** @type {string} */ key) => Number(need(set, key));
  const folder = text('trainer.default_local_dir');
  const rows = await readRows(text('data.train_files'));
  const validation = await readRows(text('data.val_files'));
  console.log(`Using dataset class: RLHFDataset`);
  console.log(`train dataset size: ${rows.length}, val dataset size: ${validation.length}`);
  const metricsFile = process.env['VERL_FILE_LOGGER_PATH'];
  if (metricsFile !== undefined) write(metricsFile, '');
  mkdirSync(folder, { recursive: true });
  const from = latestStep(folder);
  if (from > 0) console.log(`Resuming from ${folder}/global_step_${from}`);
  const total = number('trainer.total_training_steps');
  const [perStep, completions] = [
    number('data.train_batch_size'),
    number('actor_rollout_ref.rollout.n'),
  ];
  for (let step = from + 1; step <= total; step++) {
    const begun = performance.now();
    await sleep(Number(process.env['STAND_IN_STEP_MS'] ?? 0));
    await hold(step);
    fault(step, from);
    const asked = Array.from(
      { length: perStep },
      (_, at) => rows[((step - 1) * perStep + at) % rows.length],
    );
    const batch = asked.flatMap((row, at) =>
      Array.from({ length: completions }, (_, nth) => completionOf({ row, step, at, nth, total })),
    );
    const rewards = await askRewards(batch);
    const scored = rewards.flatMap((reward) => (reward === null ? [] : [reward.score]));
    if (scored.length === 0) throw new Error('all groups failed');
    const data = {
      'critic/score/mean': mean(scored),
      'critic/score/max': Math.max(...scored),
      'actor/grad_norm': 1 / step,
      'actor/lr': number('actor_rollout_ref.actor.optim.lr'),
      'actor/kl_loss': 0.001 * step,
      'response_length/mean': mean(batch.map(({ tokens }) => tokens)),
      'response_length/clip_ratio': mean(batch.map(({ truncated }) => Number(truncated))),
      'timing_s/step': (performance.now() - begun) / 1000,
    };
    const isLast = step === total;
    const saves = number('trainer.save_freq');
    if (isLast || (saves > 0 && step % saves === 0)) saveStep(set, folder, step);
    writeRollouts(text('trainer.rollout_data_dir'), step, batch, rewards);
    const pieces = Object.entries(data).map(([name, value]) => `${name}:${value}`);
    console.log(`(TaskRunner pid=1) step:${step} - ${pieces.join(' - ')}`);
    if (metricsFile !== undefined)
      appendFileSync(metricsFile, `${JSON.stringify({ step, data })}\n`);
  }
}

/** @param {ReadonlyMap<string, unknown>} set @param {string} key */
function need(set, key) {
  const value = set.get(key);
  if (value === undefined) throw new Error(`${key} is not set`);
  return value;
}

/** @param {ReadonlyMap<string, unknown>} set @param {string} folder @param {number} step */
function saveStep(set, folder, step) {
  const contents = need(set, 'actor_rollout_ref.actor.checkpoint.save_contents');
  const keep = set.get('trainer.max_actor_ckpt_to_keep');
  save({
    ...{ folder, step, model: String(need(set, 'actor_rollout_ref.model.path')) },
    isWhole: Array.isArray(contents) && contents.includes('hf_model'),
    ranks: Number(need(set, 'trainer.nnodes')) * Number(need(set, 'trainer.n_gpus_per_node')),
    keep: typeof keep === 'number' ? keep : undefined,
  });
}

/** @param {string} file @returns {Promise<any[]>} */
async function readRows(file) {
  if (file.endsWith('.jsonl'))
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  for (const { prompt, videos, images } of rows) checkRow(prompt, videos, images);
  return rows;
}

/**
 * Asserts as many placeholders as media, as verl's reader does.
 *
 * @param {any} prompt @param {any} videos @param {any} images
 */
function checkRow(prompt, videos, images) {
  const content = prompt.map((/** @type {any} */ turn) => turn.content).join('');
  const marks = (/** @type {string} */ mark) => content.split(mark).length - 1;
  const [shown, pictured] = [videos?.length ?? 0, images?.length ?? 0];
  if (marks('<video>') !== shown || marks('<image>') !== pictured) {
    throw new Error(
      `${marks('<video>')} placeholders for ${shown} videos, ${marks('<image>')} for ${pictured} images`,
    );
  }
}

/** @param {{ row: any, step: number, at: number, nth: number, total: number }} place */
function completionOf({ row, step, at, nth, total }) {
  const truth = row.reward_model.ground_truth;
  const { solution } = JSON.parse(truth);
  const isRight = nth === 0 || (nth + at + step) % Math.max(2, total - step + 2) === 0;
  const answer = isRight ? String(solution) : '<answer>no idea</answer>';
  const closing = /<answer>/u.test(answer) ? answer : `<answer>${answer}</answer>`;
  return {
    ...{ truth, step, split: /** @type {const} */ ('train'), source: row.data_source },
    ...{ opened: row.extra_info?.opened ?? undefined, index: Number(row.extra_info?.index ?? at) },
    ...{
      group: `${step}-${at}`,
      member: `${step}-${at}_${nth}`,
      tokens: 20 + nth,
      truncated: false,
    },
    text: `I look around the room.</think>${closing}`,
    input: row.prompt
      .map((/** @type {any} */ { role, content }) => `${role}\n${content}`)
      .join('\n'),
  };
}

/** @param {string} folder @param {number} step @param {readonly any[]} batch @param {readonly any[]} rewards */
function writeRollouts(folder, step, batch, rewards) {
  const lines = batch.map(({ input, text, truth, group }, index) => {
    const { score = 0, ...columns } = rewards[index] ?? {};
    return JSON.stringify({ input, output: text, gts: truth, score, step, uid: group, ...columns });
  });
  write(join(folder, `${step}.jsonl`), `${lines.join('\n')}\n`);
}

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Waits before a step until somebody makes a file.
 *
 * @param {number} step
 */
async function hold(step) {
  const { STAND_IN_HOLD_AT: at, STAND_IN_GATE: gate } = process.env;
  if (step !== Number(at) || gate === undefined) return;
  while (!existsSync(gate)) await sleep(20);
}

/** @param {number} step @param {number} from */
function fault(step, from) {
  const at = (/** @type {string} */ name) => Number(process.env[name] ?? 0);
  // Faults occur only in the first attempt, which has no checkpoint.
  if (step === at('STAND_IN_FAIL_AT') && from === 0)
    throw new Error(`the stand-in fails at step ${step}`);
  if (step === at('STAND_IN_DIE_AT') && from === 0) process.kill(process.pid, 'SIGKILL');
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
