/** Vectors of the accuracy reward, by problem type: the answer and map plugins as a run drives them. */
import { extractFirstAnswer, matchNumberAsInSpacer, mediaStem } from '@loci/core';
import { rouge, wordErrorRate } from '@loci/rewards';
import { z } from 'zod';
import type { Check } from './check.ts';
import { checkResult } from './check.ts';
import { FLOAT64, difference } from './compare.ts';
import { mapsByStem } from './inputs.ts';
import { scoreGroup, valueOf } from './score-group.ts';
import type { Vector } from './vector-file.ts';

const accuracyInput = z.object({
  completion: z.string(),
  solution: z.string(),
  path: z.string(),
  maps: mapsByStem,
});
const comparisonInput = z.object({ reference: z.string(), hypothesis: z.string() });
const regressionInput = z.object({ answer: z.string(), truth: z.string() });

/** The reference's accuracy, and why it is so low where something went wrong. */
interface Accuracy {
  readonly value: number;
  readonly reason?: string;
}

/** `accuracy_mc`. */
export const multipleChoiceAccuracy: Check = (vector) => checkAccuracy(vector, 'multiple choice');

/** `accuracy_numerical`, with the number that the matcher finds. */
export const numericalAccuracy: Check = async (vector) => {
  const { completion } = accuracyInput.parse(vector.input);
  const found = matchNumberAsInSpacer(extractFirstAnswer(completion)) ?? 'None';
  const wrongNumber =
    vector.parsedNumber === undefined
      ? undefined
      : difference(found, vector.parsedNumber, FLOAT64, 'parsed_number');
  return wrongNumber ?? checkAccuracy(vector, 'numerical');
};

/** `wer`: the rate, and the reward of the problem type OCR. */
export const transcription: Check = checkResult(async ({ input }) => {
  const { reference, hypothesis } = comparisonInput.parse(input);
  const { value } = await accuracyOf('OCR', tagged(hypothesis), tagged(reference));
  return { wer: wordErrorRate(reference, hypothesis), reward: value };
}, FLOAT64);

/** `rouge`: the three measures, and the reward of the problem type free-form. */
export const freeForm: Check = checkResult(async ({ input }) => {
  const { reference, hypothesis } = comparisonInput.parse(input);
  const scores = rouge(reference, hypothesis);
  const { value } = await accuracyOf('free-form', tagged(hypothesis), tagged(reference));
  const average = (scores.rouge1 + scores.rouge2 + scores.rougeL) / 3;
  return { ...scores, average, reward: value };
}, FLOAT64);

/** `regression`. */
export const regressionAccuracy: Check = async (vector) => {
  const { answer, truth } = regressionInput.parse(vector.input);
  return judge(vector, await accuracyOf('regression', tagged(answer), tagged(truth)));
};

async function checkAccuracy(vector: Vector, problemType: string): Promise<string | undefined> {
  const { completion, solution, path, maps } = accuracyInput.parse(vector.input);
  const stem = mediaStem(path);
  const map = Object.hasOwn(maps, stem) ? maps[stem] : undefined;
  return judge(vector, await accuracyOf(problemType, completion, solution, { path, map }));
}

/** Where the reference swallowed an error, the value must be what it then returned, and the reason must be given. */
function judge(vector: Vector, { value, reason }: Accuracy): string | undefined {
  if (vector.expected !== null) return difference(value, vector.expected, FLOAT64);
  if (reason === undefined) return `gave ${value} without saying what went wrong`;
  return difference(value, vector.referenceValue ?? 0, FLOAT64);
}

async function accuracyOf(
  problemType: string,
  text: string,
  solution: string,
  media: Partial<Pick<Parameters<typeof scoreGroup>[0]['question'], 'path' | 'map'>> = {},
): Promise<Accuracy> {
  const question = { problemType, solution, path: '', ...media };
  const names = ['answer', 'map'] as const;
  const { outcomes } = await scoreGroup(
    { question, completions: [{ text, tokenCount: 1 }] },
    names,
  );
  const said = names.map((name) => outcomes.get(name)?.[0]);
  const reason = said.flatMap((outcome) => outcome?.reason ?? []).join('; ');
  const value = said.reduce((sum, outcome) => sum + valueOf(outcome), 0);
  return { value, ...(reason !== '' && { reason }) };
}

function tagged(text: string): string {
  return `<answer>${text}</answer>`;
}
