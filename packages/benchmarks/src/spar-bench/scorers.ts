/**
 * Scoring SPAR-Bench: as its authors do (github.com/fudan-zvg/spar), as SpaceR's evaluation does, which differs in the tags
 * only, and strictly. The mean over the twenty tasks.
 */
import { meanRelativeAccuracy, pythonFloat } from '@loci/core';
import type { PromptStyle, ScorableItem, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import {
  ALL_COUNT,
  AS_SPACER_SKIPS,
  createScorer,
  readAsAuthors,
  readAsSpacer,
  unknownTask,
} from '../scoring/create-scorer.ts';
import type { Judgement } from '../scoring/create-scorer.ts';
import { macroOf, meanOf, sectionBy, taskOf } from '../scoring/figures.ts';
import { judgeLetterStrictly, notTheForm, readStrictly, strictNumber } from '../scoring/strict.ts';
import { VIEW_CHANGE, answerOf, levelOf } from './tasks.ts';
import type { SparAnswer } from './tasks.ts';
import {
  readActions,
  readActionsStrictly,
  viewChangeAsAuthors,
  viewChangeStrictly,
} from './view-change.ts';

/** The scorers of SPAR-Bench for answers to prompts of a style. */
export function sparScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  const authors = {
    judge: byAnswer({
      number: judgeNumberAsAuthors,
      letter: judgeLetterAsAuthors,
      actions: judgeActionsAsAuthors,
    }),
    aggregate: (rows: readonly ScoredRow[]) => tableOf(rows, (task) => task !== VIEW_CHANGE),
  };
  return [
    createScorer({
      name: 'official',
      description:
        'The first number (the last of several views), a letter or an empty text that begins the truth; mean of the tasks.',
      read: readAsAuthors(style),
      ...ALL_COUNT,
      ...authors,
    }),
    createScorer({
      name: 'spacer-eval',
      description:
        'The authors’ rules on the first tagged answer; failed generations included; mean of the tasks.',
      read: readAsSpacer(style),
      ...AS_SPACER_SKIPS,
      ...authors,
    }),
    createScorer({
      name: 'strict',
      description:
        'A letter, a number or actions and nothing else, all compared with the truth; mean of the tasks.',
      read: readStrictly(style),
      judge: byAnswer({
        number: judgeNumberStrictly,
        letter: judgeLetterStrictly,
        actions: judgeActionsStrictly,
      }),
      ...ALL_COUNT,
      aggregate: (rows) => tableOf(rows, () => true),
    }),
  ];
}

type Judge = (item: ScorableItem, text: string) => Judgement;

function byAnswer(judges: Readonly<Record<SparAnswer, Judge>>): Judge {
  return (item, text) => {
    const answer = answerOf(item.task);
    return answer === undefined ? unknownTask(item) : judges[answer](item, text);
  };
}

const NUMERAL = /(?<!\^)\p{Nd}+\.\p{Nd}+|(?<!\^)\p{Nd}+/gu;
const SEVERAL_VIEWS = '_mv';

/** Signs are lost. Without a number the answer is −1 where there are several views, and unreadable where there is one. */
function judgeNumberAsAuthors({ task, answer }: ScorableItem, text: string): Judgement {
  const numerals = text.match(NUMERAL) ?? [];
  const several = task.endsWith(SEVERAL_VIEWS);
  const numeral = several ? (numerals.at(-1) ?? '-1') : numerals[0];
  const [prediction, target] = [numeral && pythonFloat(numeral), pythonFloat(answer)];
  const judgement = { score: 0, answered: numerals.length > 0, normalised: text };
  if (typeof prediction !== 'number') return { ...judgement, reason: 'no number' };
  if (target === undefined) return { ...judgement, reason: `the truth "${answer}" is no number` };
  return { ...judgement, score: meanRelativeAccuracy(prediction, target, 'spar_eval') };
}

/** Right when the truth contains the prediction, so an empty one always is, or when its first character is the truth. */
function judgeLetterAsAuthors({ answer }: ScorableItem, text: string): Judgement {
  const [prediction, truth] = [text.toLowerCase(), answer.toLowerCase()];
  const right = truth.includes(prediction) || [...prediction][0] === truth;
  return { score: right ? 1 : 0, answered: text !== '', normalised: text };
}

function judgeActionsAsAuthors({ answer }: ScorableItem, text: string): Judgement {
  const [prediction, truth] = [readActions(text), readActions(answer)];
  const answered = prediction !== undefined;
  if (!answered || truth === undefined) {
    return { score: 0, answered, normalised: text, reason: 'no list of actions' };
  }
  return { score: viewChangeAsAuthors(prediction, truth), answered, normalised: text };
}

function judgeNumberStrictly({ answer }: ScorableItem, text: string): Judgement {
  const [prediction, target] = [strictNumber(text), pythonFloat(answer)];
  if (prediction === undefined) return notTheForm(text, 'a number');
  const judgement = { score: 0, answered: true, normalised: text };
  if (target === undefined) return { ...judgement, reason: `the truth "${answer}" is no number` };
  return { ...judgement, score: meanRelativeAccuracy(prediction, target) };
}

function judgeActionsStrictly({ answer }: ScorableItem, text: string): Judgement {
  const [prediction, truth] = [readActionsStrictly(text), readActionsStrictly(answer)];
  if (prediction === undefined) return notTheForm(text, 'a list of actions');
  const judgement = { score: 0, answered: true, normalised: text };
  if (truth === undefined) return { ...judgement, reason: `the truth "${answer}" has no actions` };
  return { ...judgement, score: viewChangeStrictly(prediction, truth) };
}

/** @param inLevels whether a task is part of its level's mean; the authors' script does not recognize the view change. */
function tableOf(rows: readonly ScoredRow[], inLevels: (task: string) => boolean): ScoreTable {
  const tasks = sectionBy(rows, taskOf);
  const levels = (['Low', 'Middle', 'High'] as const).map((level) => {
    const figures = Object.entries(tasks).filter(
      ([task]) => levelOf(task) === level && inLevels(task),
    );
    return [level, macroOf(figures.map(([, figure]) => figure))] as const;
  });
  return {
    headline: rows.length === 0 ? meanOf(rows) : macroOf(Object.values(tasks)),
    sections: {
      level: Object.fromEntries(levels),
      task: tasks,
      imageType: imageTypes(rows),
    },
  };
}

/** The headline of each image type alone. */
function imageTypes(rows: readonly ScoredRow[]): ScoreTable['sections'][string] {
  const byType = new Map<string, ScoredRow[]>();
  for (const row of rows) {
    const type = row.item.groups['imageType'];
    if (type === undefined) continue;
    const own = byType.get(type);
    if (own === undefined) byType.set(type, [row]);
    else own.push(row);
  }
  return Object.fromEntries(
    [...byType]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, own]) => [type, macroOf(Object.values(sectionBy(own, taskOf)))]),
  );
}
