/** Vectors of text alone: answers, form, maps as text, numbers. */
import {
  extractAnswerForEvaluation,
  extractFirstAnswer,
  extractMapText,
  meanRelativeAccuracy,
  parseExactMap,
  scoreMap,
} from '@loci/core';
import { z } from 'zod';
import { checkResult } from './check.ts';
import type { Check } from './check.ts';
import { EXACT, FLOAT64 } from './compare.ts';
import { pointMap, number } from './inputs.ts';
import { scoreGroup, valueOf } from './score-group.ts';

const compat = 'spacer';

const answerInput = z.object({ text: z.string() });
const formatInput = z.object({ completion: z.string() });
const parseInput = z.object({ map_string: z.string(), object_list: z.array(z.unknown()) });
const scoreInput = z.object({ response: pointMap, solution: pointMap, grid: number });
const accuracyInput = z.object({
  variant: z.enum(['train', 'vsi_eval', 'spar_eval']),
  pred: number,
  target: number,
});

/** `answer_extraction`: the three extractors. */
export const answerExtraction: Check = checkResult(({ input }) => {
  const { text } = answerInput.parse(input);
  return {
    train_answer: extractFirstAnswer(text),
    train_map: extractMapText(text) ?? '',
    eval_answer: extractAnswerForEvaluation(text),
  };
}, EXACT);

/** `format`: the format reward. */
export const formatReward: Check = checkResult(async ({ input }) => {
  const { completion: text } = formatInput.parse(input);
  const question = { problemType: 'multiple choice', solution: '', path: '' };
  const { outcomes } = await scoreGroup({ question, completions: [{ text, tokenCount: 1 }] }, [
    'format',
  ]);
  return valueOf(outcomes.get('format')?.[0]);
}, EXACT);

/** `map_parse`: the map parser, with integers of any size. */
export const mapParse: Check = checkResult(({ input }) => {
  const { map_string: text, object_list: names } = parseInput.parse(input);
  return Object.fromEntries(parseExactMap(text, names, { compat }));
}, EXACT);

/** `map_score`: the map scorer. */
export const mapScore: Check = checkResult(({ input }) => {
  const { response, solution, grid } = scoreInput.parse(input);
  return scoreMap(response, solution, { grid, compat });
}, FLOAT64);

/** `mra`: mean relative accuracy in its three variants. */
export const relativeAccuracy: Check = checkResult(({ input }) => {
  const { variant, pred, target } = accuracyInput.parse(input);
  return meanRelativeAccuracy(pred, target, variant);
}, FLOAT64);
