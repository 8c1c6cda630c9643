/** A small engine for tests: trains nothing, and writes figures, checkpoints and a log. Settings come as JSON in the first argument. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const {
  steps,
  checkpoints,
  metrics,
  stepMs = 20,
  failsAt,
  diesAt,
  sharded = false,
  rows = 4,
  starts,
  holdsAt,
  gate,
} = JSON.parse(process.argv[2] ?? '');

if (starts !== undefined) appendFileSync(starts, 'x');
mkdirSync(checkpoints, { recursive: true });
const last = readdirSync(checkpoints).map((name) => Number(name.replace('step-', '')));
const from = Math.max(0, ...last);
if (metrics !== undefined) {
  mkdirSync(join(metrics, '..'), { recursive: true });
  writeFileSync(metrics, '');
}
console.log(`loaded ${rows} train rows`);
for (let step = from + 1; step <= steps; step++) {
  await sleep(stepMs);
  while (step === holdsAt && !existsSync(gate)) await sleep(10);
  if (step === failsAt && from < failsAt - 1) {
    console.log('ValueError: the toy broke');
    process.exit(3);
  }
  if (step === diesAt && from < diesAt - 1) process.kill(process.pid, 'SIGKILL');
  const data = { 'reward/total': step / 10, 'seconds/step': stepMs / 1000, from };
  console.log(`step ${JSON.stringify({ step, data })}`);
  if (metrics !== undefined) appendFileSync(metrics, `${JSON.stringify({ step, data })}\n`);
  if (step % 2 === 0 || step === steps) {
    const folder = join(checkpoints, `step-${step}`);
    mkdirSync(join(folder, sharded ? 'shards' : 'model'), { recursive: true });
    if (!sharded) writeFileSync(join(folder, 'model', 'config.json'), '{}');
  }
}
