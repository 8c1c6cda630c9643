/** Collects the questions that one scene offers: several of each kind, with answers as different as the scene allows. */
import { deriveSeed, randomStream } from '@loci/core';
import { shuffled } from '../rooms/furnish.ts';
import { QUESTIONS, type QuestionKindName } from '../rooms/questions/all.ts';
import type { DraftQuestion, QuestionScene } from '../rooms/questions/question.ts';

/** A question for selection. */
export interface Candidate {
  /** Id of its scene. */
  readonly scene: string;
  readonly kind: QuestionKindName;
  readonly draft: DraftQuestion;
}

/** Repeated drafts that are skipped before a class of answers is given up. */
const PATIENCE = 8;

/** A question in a class of answers that was not taken yet. */
function newDraft(
  scene: QuestionScene,
  kind: QuestionKindName,
  answerClass: string | undefined,
  taken: ReadonlyMap<string, DraftQuestion>,
  seed: number,
): DraftQuestion | undefined {
  let passed = 0;
  for (const draft of QUESTIONS[kind].drafts(scene, randomStream(seed), answerClass)) {
    if (!taken.has(sameness(kind, draft))) return draft;
    if (++passed > PATIENCE) return undefined;
  }
  return undefined;
}

/** Kinds in which the order of the named things does not matter. */
const SYMMETRIC: ReadonlySet<QuestionKindName> = new Set(['absolute-distance', 'appearance-order']);

/** A key that equivalent questions share. */
function sameness(kind: QuestionKindName, { problem, answer }: DraftQuestion): string {
  return SYMMETRIC.has(kind) ? `${problem.split(/\W+/u).sort().join(' ')} ${answer}` : problem;
}

/**
 * Up to `most` different questions of a kind, one class of answers after the other. The same seed gives the same questions.
 */
export function candidatesOf(
  id: string,
  scene: QuestionScene,
  kind: QuestionKindName,
  most: number,
  seed: number,
): readonly Candidate[] {
  const categories = Object.keys(scene.map);
  const maxInstances = Math.max(0, ...Object.values(scene.map).map((cells) => cells.length));
  const random = randomStream(deriveSeed(seed, 'candidates', id, kind));
  const classes = QUESTIONS[kind].classes({ maxInstances, categories });
  const open: (string | undefined)[] = [...shuffled(random, classes), undefined];
  const taken = new Map<string, DraftQuestion>();
  for (let turn = 0; open.length > 0 && taken.size < most; turn++) {
    const answerClass = open.shift();
    const draftSeed = deriveSeed(seed, 'draft', id, kind, turn);
    const draft = newDraft(scene, kind, answerClass, taken, draftSeed);
    if (draft === undefined) continue;
    taken.set(sameness(kind, draft), draft);
    open.push(answerClass);
  }
  return [...taken.values()].map((draft) => ({ scene: id, kind, draft }));
}
