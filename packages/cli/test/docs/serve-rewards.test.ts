/** The pages on serving rewards: their config is accepted, their requests get the answers shown, their Python works. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { closeServers, openServer, post } from '../serve/open-server.ts';
import { GOOD, SAMPLE } from '../serve/wire-text.ts';

const PAGE = ['serve-rewards.md', 'serve-rewards-to-trainers.md']
  .map((name) => readFileSync(join(import.meta.dirname, '../../../../docs', name), 'utf8'))
  .join('\n');

/** The code of a language on both pages, in order. */
function blocks(language: string): readonly string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, text]) =>
    found === language ? [text!] : [],
  );
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import sys; assert sys.version_info >= (3, 8)']);
    return true;
  } catch {
    console.log('skipped: the Python of docs/serve-rewards-to-trainers.md, for want of python3');
    return false;
  }
}

const withPython = hasPython() ? test : test.skip;

/** Calls the forwarders as verl and TRL do, and prints what they return. */
const DRIVER = `
import json, sys
from loci_rewards import compute_score, loci_reward

sample, good = sys.argv[1:]
verl = compute_score("rooms", good, sample, extra_info={"index": 0}, num_turns=2)
try:
    refused = compute_score("rooms", good, json.dumps({"solution": "4"}))
except RuntimeError as error:
    refused = str(error)

class State:
    global_step = 3

other = json.dumps({**json.loads(sample), "id": "other", "solution": "<answer>many</answer>"})
trl = loci_reward(
    prompts=["?"] * 4,
    completions=[good, [{"role": "assistant", "content": "no idea"}], "hm", good],
    completion_ids=[[1, 2, 3], [4], [5], [6]],
    sample=[sample, sample, other, sample],
    trainer_state=State(),
    log_metric=print,
)
print(json.dumps({"verl": verl, "refused": refused, "trl": trl}))
`;

describe('docs/serve-rewards.md and docs/serve-rewards-to-trainers.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-page-'));
  let server: FastifyInstance;

  beforeAll(async () => {
    const [config] = blocks('yaml');
    writeFileSync(join(folder, 'serve.yaml'), config!);
    server = await openServer({ config: join(folder, 'serve.yaml'), set: [] });
  });
  afterAll(closeServers);

  test('its requests are answered as it says', async () => {
    const asked = blocks('sh').flatMap((text) => {
      const [, path, body] =
        /^curl -s http:\/\/127\.0\.0\.1:8181(\S+) .* -d '(.*)'$/ms.exec(text) ?? [];
      return path === undefined ? [] : [{ path, body: JSON.parse(body!) as object }];
    });
    const answers = blocks('json');
    expect(asked).toHaveLength(3);
    for (const [index, { path, body }] of asked.entries()) {
      expect((await post(server, path, body)).json()).toEqual(JSON.parse(answers[index]!));
    }
  });

  withPython('its forwarders work for verl and TRL, and make no 0 of a failure', async () => {
    const [forwarder] = blocks('python');
    writeFileSync(join(folder, 'loci_rewards.py'), forwarder!);
    const { port } = server.server.address() as { readonly port: number };
    const { stdout } = await promisify(execFile)(
      'python3',
      ['-c', DRIVER, JSON.stringify(SAMPLE), GOOD],
      {
        cwd: folder,
        env: {
          ...process.env,
          LOCI_REWARDS_URL: `http://127.0.0.1:${port}`,
          NO_PROXY: '127.0.0.1',
        },
      },
    );
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toEqual({
      verl: { score: 3, answer: 1, map: 1, format: 1 },
      refused: expect.stringMatching(/^Loci refused: .*items\.0\.sample\.problemType/),
      trl: [3, 0, null, 3],
    });
    expect(lines[0]).toMatch(/^Loci: other was not scored: answer: /);
  });
});
