/**
 * Stands in for the command line where a drill itself is tested: `train` as far as drills look at it, in milliseconds. `LOCI_FAKE_FAULT` plants a
 * fault: `metric` logs another loss after a resumption, `leftover` leaves a half-written file.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STEPS = 6;
const words = process.argv.slice(2);
/** @param {string} flag */
const valueOf = (flag) => words[words.indexOf(flag) + 1] ?? '';
const isResumed = words.includes('--resume');
const run = valueOf(isResumed ? '--resume' : '--run');
const fault = process.env['LOCI_FAKE_FAULT'];
const last = words.includes('steps=1') ? 1 : STEPS;
/** @param {string} name */
const at = (name) => join(run, name);

/** @param {string} name @param {number} step */
function keepThrough(name, step) {
  if (!existsSync(at(name))) return;
  const lines = readFileSync(at(name), 'utf8').split('\n').slice(0, -1);
  const kept = lines.filter((line) => JSON.parse(line).step <= step);
  writeFileSync(at(name), kept.map((line) => `${line}\n`).join(''));
}

mkdirSync(at('evaluations'), { recursive: true });
mkdirSync(at('tensorboard'), { recursive: true });
mkdirSync(at('checkpoints'), { recursive: true });
writeFileSync(at('tensorboard/events'), '');
writeFileSync(at('config.yaml'), 'steps: 6\n');
console.log(`run folder ${run}`);
const whole = readdirSync(at('checkpoints'))
  .filter((name) => existsSync(join(run, 'checkpoints', name, 'trainer-state.json')))
  .map((name) => Number(name.slice('step-'.length)));
const done = Math.max(0, ...whole);
for (const name of readdirSync(at('checkpoints'))) {
  const isWhole = existsSync(join(run, 'checkpoints', name, 'trainer-state.json'));
  if (!isWhole) rmSync(join(run, 'checkpoints', name), { recursive: true });
}
for (const name of ['metrics.jsonl', 'rollouts.jsonl']) keepThrough(name, done);
writeFileSync(at('evaluations/before.json'), '{}');
console.log('evaluation before: reward 0');
for (let step = done + 1; step <= last; step++) {
  const isOff = isResumed && fault === 'metric' && step === done + 1;
  const record = {
    step,
    'loss/total': step / 8 + (isOff ? 0.5 : 0),
    'seconds/step': Math.random(),
  };
  appendFileSync(at('metrics.jsonl'), `${JSON.stringify(record)}\n`);
  appendFileSync(at('rollouts.jsonl'), `${JSON.stringify({ step, text: `${step}` })}\n`);
  console.log(`step ${step}/${last}`);
  await sleep(50);
  const folder = at(`checkpoints/step-00000${step}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.safetensors'), `weights of step ${step}`);
  await sleep(50);
  writeFileSync(join(folder, 'trainer-state.json'), `{"step":${step}}`);
  rmSync(at(`checkpoints/step-00000${step - 2}`), { recursive: true, force: true });
}
if (isResumed && fault === 'leftover') writeFileSync(at('metrics.jsonl.tmp'), '');
writeFileSync(at('evaluations/after.json'), '{}');
console.log('evaluation after: reward 0');
writeFileSync(at('report.html'), '');
