/** Generates the answer to one question, and splits it into its parts. */
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
  /** The whole turn. */
  readonly text: string;
  /** The text before the answer, without tags and map; empty where the model wrote none. */
  readonly thinking: string;
  /** Empty where there is none. */
  readonly answer: string;
  /** The imagined map; absent where the model drew no valid one. */
  readonly map?: CognitiveMap;
  /** The imagined map in another form than SpaceR's. */
  readonly sceneMap?: SceneMap;
  readonly tokens: number;
  /** Whether the model ended by itself; otherwise it was cut off. */
  readonly isWhole: boolean;
}

/** Input of `answerOf`. */
export interface AnswerRequest {
  readonly messages: readonly Message[];
  readonly objects: readonly string[];
  /** Reduced to the room that the model has. */
  readonly maxNewTokens: number;
  readonly seed: number;
  /** Called with the tokens so far and the most possible. */
  onToken?(done: number, total: number): void;
}

/** Replaces the map in `thinking`. */
const MAP_MARK = '[the map below]';

/**
 * Generates greedily, so that the same model gives the same answer.
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
      `The question has ${prompt.tokenIds.length} tokens, but the model has room for ${policy.capabilities.maxTokens}: use a shorter video or fewer pictures`,
    );
  }
  const maxNewTokens = Math.min(request.maxNewTokens, room);
  const sampling = greedySampling(maxNewTokens);
  const prompts = [{ sample: PLACEHOLDER, prompt }];
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
    throw new LociError('no-answer', 'The model ended without an answer: try again');
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
  // The parser needs names to look for; with a name that nobody uses, it keeps all names in a dictionary.
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

/** A map in a form that can be recognized: a list of objects, or boxes of four numbers. */
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

/** Policies need a sample; this one is empty. */
const PLACEHOLDER: Sample = {
  id: 'asked',
  problem: '',
  options: [],
  problemType: 'free-form',
  solution: '',
  media: [],
  source: 'asked',
};
