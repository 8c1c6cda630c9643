/** Schemas of what the vectors hold. Non-finite numbers are written as the strings `NaN`, `Infinity` and `-Infinity`. */
import type { CognitiveMap } from '@loci/core';
import { z } from 'zod';

/** A number as the vectors write it. */
export type NumberLike = number | bigint | 'NaN' | 'Infinity' | '-Infinity';

const NON_FINITE: readonly unknown[] = ['NaN', 'Infinity', '-Infinity'];

/** Whether a value stands for a number. */
export function isNumberLike(value: unknown): value is NumberLike {
  return typeof value === 'number' || typeof value === 'bigint' || NON_FINITE.includes(value);
}

/** The double that a number field stands for. */
export function toNumber(value: NumberLike): number {
  return Number(value);
}

/** A number field. */
export const number = z.custom<NumberLike>(isNumberLike, 'not a number').transform(toNumber);

/** A list of numbers. */
export const numbers = z.array(number);

/** A map whose points may have any number of coordinates, since some vectors have broken ones. */
export const pointMap = z.record(z.string(), z.array(numbers));

/** The same for the true map of a sample, where broken points are for the reward to refuse. */
const cognitiveMap = z.preprocess((map) => pointMap.parse(map), z.custom<CognitiveMap>());

/** Maps by the stem of their video. */
export const mapsByStem = z.record(z.string(), cognitiveMap);
