/** Requests rewards as the shim does: over its protocol, or through the Python file itself where STAND_IN_SHIM names a Python. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ readonly group: string, readonly member: string, readonly step: number, readonly split: 'train' | 'validation' | 'probe', readonly text: string, readonly tokens: number, readonly truncated: boolean, readonly truth: string, readonly opened?: string, readonly source: string, readonly index: number }} Completion
 * @typedef {{ readonly score: number } & Readonly<Record<string, number>>} Reward
 */

/** Settings beside the shim; a merge has none. */
const config = () => JSON.parse(readFileSync('config.json', 'utf8'));

/**
 * Scores of a batch, in order; null for a completion without a score.
 *
 * @param {readonly Completion[]} completions
 * @returns {Promise<readonly (Reward | null)[]>}
 */
export function askRewards(completions) {
  const python = process.env['STAND_IN_SHIM'];
  if (python !== undefined && python !== '') return askShim(python, completions);
  return Promise.all(completions.map((one) => ask(one).catch(failed)));
}

/** @param {unknown} error */
function failed(error) {
  console.log(`reward failed: ${error instanceof Error ? error.message : String(error)}`);
  return null;
}

/**
 * @param {Completion} completion
 * @returns {Promise<Reward>}
 */
export async function ask({ group, member, step, split, text, tokens, truncated, truth, opened }) {
  const CONFIG = config();
  const token =
    CONFIG.tokenFile === null ? undefined : readFileSync(CONFIG.tokenFile, 'utf8').trim();
  const body = JSON.stringify({
    ...{ group: `${CONFIG.run}:${group}`, member, step, split, sample: JSON.parse(truth) },
    size: { train: CONFIG.groupSize, validation: CONFIG.validationGroupSize, probe: 1 }[split],
    completion: { text, tokenCount: tokens, finishReason: truncated ? 'length' : 'stop' },
    ...(opened !== undefined && opened !== null && { opened }),
  });
  for (let failures = 0; ;) {
    const reply = await fetch(`${CONFIG.url}/gather`, {
      ...{ method: 'POST', body },
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    }).catch(() => undefined);
    if (reply === undefined || reply.status >= 500) {
      failures++;
      if (failures >= CONFIG.attempts) throw new Error(`${CONFIG.url} does not answer`);
      await sleep(200 * 2 ** failures);
      continue;
    }
    const answer = /** @type {any} */ (await reply.json());
    if (!reply.ok) throw new Error(`refused: ${JSON.stringify(answer)}`);
    if (answer.status === 'failed') throw new Error(answer.message);
    if (answer.status === 'scored') {
      if (answer.score === null) throw new Error('every reward abstained');
      return { score: answer.score, ...answer.columns };
    }
    await sleep(50);
  }
}

/** Loads the shim of the job, as an engine does, and calls its function for each line. */
const CALLER = `
import asyncio, json, sys
import loci_reward
async def one(item):
    try:
        return await loci_reward.compute_score(**item)
    except Exception as error:
        print(f'reward failed: {error}', file=sys.stderr)
        return None
async def main():
    items = [json.loads(line) for line in sys.stdin]
    for found in await asyncio.gather(*map(one, items)):
        print(json.dumps(found))
asyncio.run(main())
`;

/**
 * @param {string} python
 * @param {readonly Completion[]} completions
 * @returns {Promise<readonly (Reward | null)[]>}
 */
async function askShim(python, completions) {
  const child = spawn(python, ['-c', CALLER], { stdio: ['pipe', 'pipe', 'inherit'] });
  for (const { source, text, truth, split, index, opened, ...known } of completions) {
    const { tokens, truncated, step, group, member } = known;
    const extra = { split, index, opened, loci: { tokens, truncated, step, group, member } };
    const item = {
      data_source: source,
      solution_str: text,
      ground_truth: truth,
      extra_info: extra,
    };
    child.stdin.write(`${JSON.stringify(item)}\n`);
  }
  child.stdin.end();
  const found = [];
  for await (const line of createInterface({ input: child.stdout })) found.push(JSON.parse(line));
  if (found.length !== completions.length) throw new Error('the shim ended early');
  return found;
}
