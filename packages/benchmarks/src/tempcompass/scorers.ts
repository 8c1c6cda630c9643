/** Scoring TempCompass: as its authors do, as SpaceR's evaluation does, and strictly. The mean over the items. */
import { extractAnswerForEvaluation, pythonStrip, saysNothing, splitThinking } from '@loci/core';
import type {
  Prediction,
  PromptStyle,
  ScorableItem,
  ScoreTable,
  ScoredRow,
  Scorer,
} from '@loci/core';
import {
  ALL_COUNT,
  AS_SPACER_SKIPS,
  createScorer,
  readAsAuthors,
  readAsSpacer,
  unknownTask,
} from '../scoring/create-scorer.ts';
import type { Judgement } from '../scoring/create-scorer.ts';
import { meanOf, sectionBy, taskOf } from '../scoring/figures.ts';
import { judgeLetterStrictly, notTheForm, readStrictly } from '../scoring/strict.ts';
import { TASK_KINDS } from './kinds.ts';
import type { TaskKind } from './kinds.ts';
import {
  captionMatchingRule,
  captionRule,
  correctnessOf,
  multipleChoiceRule,
  yesNoOf,
} from './rules.ts';
import type { RuleVerdict } from './rules.ts';

/** The form of the true answers: bare in the records of the hub, tagged in the file that SpaceR uses. */
export type SolutionForm = 'bare' | 'tagged';

/** The scorers of TempCompass for answers to prompts of a style. */
export function tempCompassScorers(
  style: PromptStyle,
  solutions: SolutionForm = 'bare',
): readonly [Scorer, ...Scorer[]] {
  return [
    createScorer({
      name: 'official',
      description:
        'By rules; what none decides by a judge model, or 0 without one; captions by a judge model only. Mean over the items.',
      read: readOfficially(style),
      judge: judgeAsAuthors,
      ...ALL_COUNT,
      aggregate,
    }),
    createScorer({
      name: 'spacer-eval',
      description:
        'The rules of multiple choice alone, which is all that it asks; nothing is stripped. Mean over those items.',
      read: readAsSpacer(style),
      judge: (item, text) => judgeAsSpacer(item, text, solutions),
      ...AS_SPACER_SKIPS,
      aggregate,
    }),
    createScorer({
      name: 'strict',
      description:
        'A letter, yes or no, or a label and nothing else; captions by a judge model only. Mean over the items.',
      read: readStrictly(style),
      judge: judgeStrictly,
      ...ALL_COUNT,
      aggregate,
    }),
  ];
}

type Rule = (item: ScorableItem, text: string) => RuleVerdict;

const RULES: Readonly<Record<Exclude<TaskKind, 'captioning'>, Rule>> = {
  'multi-choice': ({ answer }, text) => multipleChoiceRule(text, answer),
  yes_no({ answer }, text) {
    const reply = yesNoOf(text);
    if (reply === undefined) return 'undecided';
    return reply === answer ? 1 : 0;
  },
  caption_matching: ({ question, answer }, text) => captionMatchingRule(text, question, answer),
};

/** Whether no rule decides an output, so that the authors would ask a judge model. */
export function needsJudge(item: ScorableItem, output: string, style: PromptStyle): boolean {
  try {
    return officialRule(item, readOfficially(style)(output)) === 'undecided';
  } catch {
    return false;
  }
}

function readOfficially(style: PromptStyle): (output: string) => string {
  return (output) => pythonStrip(readAsAuthors(style)(output).replaceAll('</s>', ''));
}

/** The verdict of the authors' rules; they never decide captions. */
function officialRule(item: ScorableItem, text: string): RuleVerdict {
  return isRuled(item.task) ? RULES[item.task](item, text) : 'undecided';
}

function judgeAsAuthors(item: ScorableItem, text: string, prediction: Prediction): Judgement {
  if (!isKind(item.task)) return unknownTask(item);
  const judgement = judgementIn(prediction);
  if (item.task === 'captioning') return judgeCaption(item, text, judgement);
  return attempt(text, () => {
    const ruled = officialRule(item, text);
    if (ruled !== 'undecided') return decided(ruled, text);
    const verdict = judgement === undefined ? 'undecided' : correctnessOf(judgement);
    if (verdict !== 'undecided') return { ...decided(verdict, text), reason: 'by a judge model' };
    return { score: 0, answered: false, normalised: text, reason: 'no rule decides' };
  });
}

/** The reply of a judge after its thinking; undefined where there is only thinking. */
function judgementIn(prediction: Prediction): string | undefined {
  if (prediction.status !== 'answered' || prediction.judgement === undefined) return undefined;
  const { answer } = splitThinking(prediction.judgement);
  return saysNothing(answer) ? undefined : answer;
}

function judgeCaption({ answer }: ScorableItem, text: string, judgement?: string): Judgement {
  if (judgement === undefined) {
    const reason = 'captions are scored by a judge model, and none has decided';
    return { score: 0, answered: text !== '', counted: false, normalised: text, reason };
  }
  return { ...decided(captionRule(judgement, answer), text), reason: 'by a judge model' };
}

/** The other kinds are not asked by SpaceR's evaluation, so they are left out. A bare solution would be no answer to it. */
function judgeAsSpacer(item: ScorableItem, text: string, solutions: SolutionForm): Judgement {
  if (item.task !== 'multi-choice') {
    const reason = "SpaceR's evaluation asks multiple choice alone";
    return { score: 0, answered: text !== '', counted: false, normalised: text, reason };
  }
  const truth = solutions === 'bare' ? item.answer : extractAnswerForEvaluation(item.answer);
  return attempt(text, () => {
    const ruled = multipleChoiceRule(text, truth);
    const answered = ruled !== 'undecided';
    return { score: answered ? ruled : 0, answered, normalised: text };
  });
}

function judgeStrictly(item: ScorableItem, text: string, prediction: Prediction): Judgement {
  if (!isKind(item.task)) return unknownTask(item);
  switch (item.task) {
    case 'multi-choice':
      return judgeLetterStrictly({ ...item, answer: item.answer.slice(0, 1) }, text);
    case 'yes_no': {
      const reply = /^(yes|no)\.?$/iu.exec(text)?.[1]?.toLowerCase();
      if (reply === undefined) return notTheForm(text, 'yes or no');
      return decided(reply === item.answer ? 1 : 0, text);
    }
    case 'caption_matching':
      return judgeLabel(item, text);
    case 'captioning':
      return judgeAsAuthors(item, text, prediction);
    default:
      return item.task satisfies never;
  }
}

/** A label with or without its word and sentence: `B`, `Caption B`, `Caption B: A cup rises.` */
function judgeLabel({ answer, options }: ScorableItem, text: string): Judgement {
  const forms = (option: string): readonly string[] => {
    const label = option.split(': ', 1)[0]!;
    return [option, label, label.split(' ').at(-1)!].map((form) => form.replace(/\.$/u, ''));
  };
  const named = options.find((option) => forms(option).includes(text.replace(/\.$/u, '')));
  if (named === undefined) return notTheForm(text, 'a label of the options');
  return decided(named === answer ? 1 : 0, text);
}

function aggregate(rows: readonly ScoredRow[]): ScoreTable {
  return {
    headline: meanOf(rows),
    sections: {
      task: sectionBy(rows, taskOf),
      aspect: sectionBy(rows, ({ item }) => item.groups['aspect']),
    },
  };
}

function decided(score: 0 | 1, text: string): Judgement {
  return { score, answered: true, normalised: text };
}

/** Where the authors' rule indexes beyond a text, their script ends. */
function attempt(text: string, judge: () => Judgement): Judgement {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { score: 0, answered: false, normalised: text, referenceError: error.message };
  }
}

function isKind(task: string): task is TaskKind {
  return TASK_KINDS.some((kind) => kind === task);
}

function isRuled(task: string): task is keyof typeof RULES {
  return task in RULES;
}
