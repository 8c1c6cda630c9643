/** What of a worked completion is learned where the film shows another room. */
import { describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import { QUESTION_KINDS, type QuestionKindName } from '@loci/datasets';
import { drawAsked } from '../../src/pretrain/fresh-rooms.ts';
import { paperRoom } from '../../src/pretrain/paper-rooms.ts';
import {
  completionOf,
  drillStretches,
  readingStretches,
  withoutMap,
  type Stretch,
} from '../../src/pretrain/worked-steps.ts';

const MAP = '<think><map>{"bed":[[3,5]],"tv":[[5,5]]}</map>';
const learned = (parts: readonly Stretch[]): string =>
  parts.flatMap((part) => (part.learned ? [part.text] : [])).join('');
const whole = (parts: readonly Stretch[]): string => parts.map(({ text }) => text).join('');

test('a completion without its map keeps steps and answer', () => {
  const steps = '"bed":[[3,5]],"tv":[[5,5]] 2,0 1.4</think><answer>1.4</answer>';
  expect(withoutMap(`${MAP} ${steps}`)).toBe(`<think>${steps}`);
});

describe('reading lessons', () => {
  const worked = (kind: QuestionKindName, steps: string, answer: string) => ({
    kind,
    demonstration: `${MAP} ${steps}</think><answer>${answer}</answer>`,
  });

  test('the text that follows from the map is learned, the map is not', () => {
    const steps = worked('counting', '"bed":[[3,5]] 1', '1');
    expect(learned(readingStretches(steps))).toBe(' "bed":[[3,5]] 1</think><answer>1</answer>');
  });

  test('facts that only the video shows are not learned', () => {
    expect(learned(readingStretches(worked('room-size', 'w 4.8 d 6.5 31.2', '31.2')))).toBe(
      ' 31.2</think><answer>31.2</answer>',
    );
    expect(
      learned(readingStretches(worked('object-size', '"tv":[[5,5]] 145,71,36 145', '145'))),
    ).toBe(' "tv":[[5,5]] 145</think><answer>145</answer>');
    expect(
      learned(
        readingStretches(worked('appearance-order', 'right bed 3,5 5 tv 5,5 3 tv, bed A1B0', 'A')),
      ),
    ).toBe(' bed 3,5 5 tv 5,5 3 tv, bed A1B0</think><answer>A</answer>');
  });

  test('a distance is the one to be read off its columns and rows', () => {
    const text = completionOf(
      worked('absolute-distance', '"bed":[[3,5]],"tv":[[5,5]] 2,0 1.9', '1.9'),
    );
    expect(text).toBe(`${MAP} "bed":[[3,5]],"tv":[[5,5]] 2,0 1.3</think><answer>1.3</answer>`);
  });

  test.each(QUESTION_KINDS)('of %s nothing is lost or added by the cuts', (kind) => {
    const random = randomStream(8);
    for (let drawn = 0; drawn < 20; drawn++) {
      const room = () => ({ scene: paperRoom(random) });
      const { question } = drawAsked(room, [kind], random);
      expect(whole(readingStretches(question))).toBe(completionOf(question));
      const drilled = drillStretches(question);
      expect(completionOf(question)).toContain(whole(drilled));
      expect(learned(drilled)).not.toMatch(/"[a-z]|[a-z] \d,\d/);
      expect(learned(drilled)).not.toBe('');
    }
  });

  test('the moments of appearance lead to the order', () => {
    const random = randomStream(9);
    for (let drawn = 0; drawn < 20; drawn++) {
      const room = () => ({ scene: paperRoom(random) });
      const { question } = drawAsked(room, ['appearance-order'], random);
      const { demonstration, options, answer } = question;
      const lines = [...demonstration.matchAll(/ (\w+) \d,\d (\d)(?= )/g)];
      const order = lines
        .toSorted((a, b) => Number(a[2]) - Number(b[2]))
        .map(([, category]) => category);
      expect(options).toContain(`${answer}. ${order.join(', ')}`);
    }
  });
});
