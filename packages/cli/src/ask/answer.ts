/** Has a policy answer one question, and takes its answer apart. */
import {
  LociError,
  collectGroups,
  extractAnswer,
  extractMapText,
  greedySampling,
  parseCognitiveMap,
  readSceneMap,
  splitThinking,
  turnText,
} from '@loci/core';
import type { CognitiveMap, Message, Policy, Sample, SceneMap } from '@loci/core';

/** One answer. */
export interface GivenAnswer {
  /** The whole turn, as the model wrote it. */
  readonly text: string;
  /** What it wrote before the answer, without tags and without the map; empty where it did not think aloud. */
  readonly thinking: string;
  /** Empty where there is none. */
  readonly answer: string;
  /** The imagined map; absent where it drew none that can be read. */
  readonly map?: CognitiveMap;
  /** The same in another form than SpaceR's. */
  readonly sceneMap?: SceneMap;
  readonly tokens: number;
  /** Whether the model came to its end; it was cut off otherwise. */
  readonly isWhole: boolean;
}

/** How it is asked. */
export interface AnswerRequest {
  readonly messages: readonly Message[];
  readonly objects: readonly string[];
  /** As many as the model has room for when they are too many. */
  readonly maxNewTokens: number;
  readonly seed: number;
  /** Tokens so far, and how many there may be. */
  onToken?(done: number, total: number): void;
}

/** Stands in `thinking` where the map was. */
const MAP_MARK = '[the map below]';

/**
 * Asks greedily, so that the same model gives the same answer.
 *
 * @throws LociError `prompt-too-long`, `media-unreadable`, `no-answer`, or those of the policy.
 */
export async function answerOf(policy: Policy, request: AnswerRequest): Promise<GivenAnswer> {
  const { messages, objects, seed, onToken } = request;
  const prompt = await policy.processor.encode(messages);
  const room = policy.capabilities.maxTokens - prompt.tokenIds.length;
  if (room < 1) {
    throw new LociError(
      'prompt-too-long',
      `The question takes ${prompt.tokenIds.length} tokens, and the model has room for ${policy.capabilities.maxTokens}: show it a shorter video or fewer pictures`,
    );
  }
  const maxNewTokens = Math.min(request.maxNewTokens, room);
  const sampling = greedySampling(maxNewTokens);
  const prompts = [{ sample: ASKED, prompt }];
  let done = 0;
  let text: string | undefined;
  let isWhole = false;
  await collectGroups(policy, { prompts, completionsPerPrompt: 1, sampling, seed }).forEach(
    (event) => {
      if (event.type === 'chunk') {
        done += policy.processor.tokenize(event.text).length;
        onToken?.(Math.min(done, maxNewTokens), maxNewTokens);
        return;
      }
      const [rollout] = event.group.rollouts;
      if (rollout === undefined) return;
      text = turnText(prompt.opened, rollout.text);
      done = rollout.tokenIds.length;
      isWhole = rollout.finishReason === 'stop';
    },
  );
  if (text === undefined) {
    throw new LociError('no-answer', 'The model ended without an answer: ask again');
  }
  return { ...takenApart(text, objects), tokens: done, isWhole };
}

/** The parts of a turn. */
export function takenApart(
  text: string,
  objects: readonly string[],
): Pick<GivenAnswer, 'text' | 'thinking' | 'answer' | 'map' | 'sceneMap'> {
  const { thinking, answer } = splitThinking(text);
  const mapText = extractMapText(text);
  // The parser looks for names; one that nobody uses has it keep all that stand in a dictionary.
  const names = objects.length === 0 ? ['object'] : objects;
  const map =
    mapText === undefined ? {} : parseCognitiveMap(mapText, names, { keepUnlisted: true });
  const sceneMap = sceneMapIn(text);
  return {
    text,
    thinking: plain(thinking),
    answer: extractAnswer(text) ?? plain(answer),
    ...(sceneMap ? { sceneMap } : Object.keys(map).length > 0 && { map }),
  };
}

/** A map whose form shows: things in a list of objects, or boxes of four numbers. */
function sceneMapIn(text: string): SceneMap | undefined {
  const form = /<(?:cog)?map>[^<]*"objects"\s*:\s*\[/u.test(text) ? 'mindcube' : 'boxes';
  const read = readSceneMap(text, form);
  return 'fault' in read ? undefined : read;
}

/** Without the tags of thinking and answer, and with a mark in the place of a map. */
function plain(text: string): string {
  return text
    .replace(/<map>[\s\S]*?(?:<\/map>|$)/gu, MAP_MARK)
    .replace(/<\/?(?:think|thinking|answer)>/giu, '')
    .trim();
}

/** Policies are asked about samples; this one has nothing but a name. */
const ASKED: Sample = {
  id: 'asked',
  problem: '',
  options: [],
  problemType: 'free-form',
  solution: '',
  media: [],
  source: 'asked',
};
