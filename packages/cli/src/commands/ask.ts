/** Asks a model one question about videos or pictures, and shows its thinking, its map and its answer. */
import { LociError } from '@loci/core';
import type { PolicyCapabilities, Run } from '@loci/core';
import { answerOf } from '../ask/answer.ts';
import type { GivenAnswer } from '../ask/answer.ts';
import { askedModel } from '../ask/asked-model.ts';
import { mapLines } from '../ask/map-text.ts';
import { sceneMapLines } from '../ask/scene-map-text.ts';
import { picturePath, writeMapPicture, writeSceneMapPicture } from '../ask/map-picture.ts';
import { askedMedia, lettered, messagesOf, namedObjects } from '../ask/question.ts';
import type { AskedQuestion } from '../ask/question.ts';
import type { AskFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { engineLines, isVerbose } from '../render/engine-text.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { colorsOf, isLive, sizeOf } from '../render/terminal.ts';

/** Most tokens of an answer, unless the model was trained with a shorter limit. */
const MOST_TOKENS = 2048;

/**
 * Asks the question.
 *
 * @throws LociError `media-missing`, `flag-misplaced`, `policy-unknown`, `no-checkpoint`, `no-map`, or those of the model.
 */
export async function ask(flags: AskFlags, io: Io): Promise<void> {
  const question: AskedQuestion = {
    media: askedMedia(flags.media, io.userDirectory),
    text: flags.question,
    options: lettered(flags.option),
    objects: flags.objects ?? namedObjects(flags.question),
  };
  const picture = flags.map === undefined ? undefined : picturePath(flags.map, io.userDirectory);
  const model = askedModel(flags, io);
  const quiet = flags.quiet === true || flags.json === true;
  const progress = createProgress(io.out, quiet);
  const logger = progressLogger(progress, io.out, quiet);
  // With --json, standard output carries only JSON.
  const quietly = { ...logger, warn: (line: string) => process.stderr.write(`warning: ${line}\n`) };
  const run = await openRun(
    model.source,
    { ...io, userDirectory: model.baseDirectory },
    { logger: flags.json === true ? quietly : logger, brings: ['policy'] },
    model.change,
  );
  try {
    const policy = await run.policy();
    for (const line of engineLines(policy.capabilities, isVerbose(flags))) logger.info(line);
    logger.info(`model   ${model.name}`);
    const prompt = await run.prompt();
    const given = await answerOf(policy, {
      messages: messagesOf(question, prompt, run.config.prompt),
      objects: question.objects,
      maxNewTokens: tokensFor(run, flags),
      seed: run.config.seed,
      ...(isLive(io.out) && {
        onToken: (done, total) => progress.update('answering', done, total, 'tokens at most'),
      }),
    });
    progress.stop();
    if (picture !== undefined) await writePicture(picture, given);
    if (flags.json === true) print(io, asJson(model.name, policy.capabilities, question, given));
    else show(given, picture, io);
  } finally {
    progress.stop();
    await run.dispose();
  }
}

/** A model with the compact prompt was trained with a limit of tokens; others think at length. */
function tokensFor({ config }: Run, { maxNewTokens }: AskFlags): number {
  if (maxNewTokens !== undefined) return maxNewTokens;
  return config.prompt.use === 'compact' ? config.sampler.maxNewTokens : MOST_TOKENS;
}

async function writePicture(path: string, { map, sceneMap }: GivenAnswer): Promise<void> {
  if (sceneMap !== undefined) return writeSceneMapPicture(path, sceneMap);
  if (map !== undefined) return writeMapPicture(path, map);
  throw new LociError(
    'no-map',
    'The model drew no map, so there is no picture to write: name objects with --objects sofa,table, or leave --map out',
  );
}

function show(given: GivenAnswer, picture: string | undefined, io: Io): void {
  const colors = colorsOf(io.out);
  const { thinking, map, sceneMap, answer, isWhole, tokens } = given;
  const part = (title: string, lines: readonly string[]): void =>
    print(io, `\n${colors.bold(title)}\n${lines.join('\n')}`);
  if (thinking !== '') part('thinking', [thinking]);
  if (map !== undefined) part('map', mapLines(map, sizeOf(io.out).columns, colors));
  if (sceneMap !== undefined) part('map', sceneMapLines(sceneMap, sizeOf(io.out).columns, colors));
  part('answer', [answer === '' ? '(none)' : colors.green(answer)]);
  if (!isWhole) {
    print(
      io,
      `\nwarning: the model was cut off after ${tokens} tokens; --max-new-tokens gives it more`,
    );
  }
  if (picture !== undefined) print(io, `\nmap drawn in ${picture}`);
}

function asJson(
  model: string,
  { description }: PolicyCapabilities,
  { text: question, media, options }: AskedQuestion,
  { thinking, answer, map, sceneMap, text, tokens, isWhole }: GivenAnswer,
): string {
  const asked = { model, engine: description, media, question, options };
  const given = { thinking, answer, map: map ?? sceneMap ?? null, text, tokens, isWhole };
  return JSON.stringify({ ...asked, ...given }, null, 2);
}
