/** Evaluations of a model behind a server that misbehaves are killed and go on; no answer is lost, and none that the model did not give is kept. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, randomStream } from '@loci/core';
import { drillServer } from './chat-server.ts';
import type { DrillServer } from './chat-server.ts';
import { KEY, filesWith, lastWords, leftovers, run, runAndKill } from './drill.ts';
import type { Drill, Ended, Findings } from './drill.ts';

/** Of requests that the server does not answer as it should. */
const SHARE = 0.2;
const KILLS = 3;
/** How often the command is repeated after that, until every question has its answer. */
const MOST_REPEATS = 12;

const CONFIG = `
dataset: { folder: ./rooms, trainScenes: 2, testScenes: 12, questionsPerScene: 3 }
benchmark: spatial-qa
`;

const asking = (server: DrillServer, out: string): readonly string[] => [
  ...['evaluate', '--config', 'asked.yaml', '--out', out, '--policy'],
  `{use: openai, baseUrl: "${server.baseUrl}", model: drill, apiKeyEnv: DRILL_KEY, cache: ./cache-${out}, ` +
    'attempts: 4, firstWaitSeconds: 0.02, silenceSeconds: 1}',
];

/** One evaluation a round. */
export async function killEvaluation({ place, random, rounds, say }: Drill): Promise<Findings> {
  writeFileSync(join(place, 'asked.yaml'), CONFIG);
  await run(place, ['generate', '--config', 'asked.yaml', '--out', 'rooms']);
  const honest = await drillServer(randomStream(0), 0);
  const begun = performance.now();
  const undisturbed = await run(place, asking(honest, 'undisturbed'));
  const ms = performance.now() - begun;
  await honest.close();
  if (undisturbed.code !== 0) {
    throw new LociError(
      'drill-failed',
      `An evaluation that nobody disturbed ended ${lastWords(undisturbed)}`,
    );
  }
  const wanted = answersIn(join(place, 'undisturbed'));
  const faults: string[] = [];
  let kills = 0;
  let misbehaved = 0;
  for (let round = 1; round <= rounds; round++) {
    const out = `asked-${round}`;
    const server = await drillServer(random, SHARE);
    const ends: Ended[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      ends.push(await runAndKill(place, asking(server, out), random() * ms));
      if (ends.at(-1)!.signal === 'SIGKILL') kills++;
    }
    for (let repeat = 0; repeat < MOST_REPEATS; repeat++) {
      ends.push(await run(place, asking(server, out)));
      if (answersIn(join(place, out)).size === wanted.size) break;
    }
    await server.close();
    misbehaved += server.misbehaved;
    say(`evaluation ${round} of ${rounds}: ${server.misbehaved} requests answered amiss`);
    for (const end of ends) {
      if (/unexpected error/u.test(end.said)) faults.push(`round ${round} ended ${lastWords(end)}`);
      if (end.said.includes(KEY)) faults.push(`round ${round} printed the key`);
    }
    const got = answersIn(join(place, out));
    const differing = [...wanted].filter(([id, text]) => got.get(id) !== text);
    for (const [id] of differing) faults.push(`round ${round}: question ${id} has another answer`);
    for (const path of leftovers(join(place, out))) faults.push(`round ${round}: ${path} is left`);
  }
  for (const path of filesWith(place, KEY)) faults.push(`${path} holds the key`);
  return {
    figures: [
      `${kills} kills of ${rounds} evaluations of ${wanted.size} questions`,
      `${misbehaved} requests answered amiss`,
    ],
    faults,
  };
}

/** The answers of a folder by question; of one that was asked again, the last. */
function answersIn(folder: string): ReadonlyMap<string, string> {
  const file = join(folder, 'predictions.jsonl');
  const answers = new Map<string, string>();
  if (!existsSync(file)) return answers;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const { item, prediction } = JSON.parse(line) as {
      readonly item: { readonly id: string };
      readonly prediction: { readonly status: string; readonly output?: string };
    };
    if (prediction.status === 'answered') answers.set(item.id, prediction.output ?? '');
  }
  return answers;
}
