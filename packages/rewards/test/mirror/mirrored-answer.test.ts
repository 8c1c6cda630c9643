import { describe, expect, test } from '@jest/globals';
import type { Sample } from '@loci/core';
import { mirrorOfAnswers } from '../../src/mirror/mirrored-answer.ts';

const number = (problem: string, questionKind?: string) =>
  mirrorOfAnswers({
    problem,
    problemType: 'numerical',
    options: [],
    ...(questionKind !== undefined && { questionKind }),
  });
const choice = (problem: string, options: readonly string[], questionKind?: string) =>
  mirrorOfAnswers({
    problem,
    problemType: 'multiple choice',
    options: options.map((name, index) => `${'ABCD'[index]}. ${name}`),
    ...(questionKind !== undefined && { questionKind }),
  });

/** The letter of the mirrored option for each letter: `BA` exchanges two. */
const letters = (mirror: ReturnType<typeof mirrorOfAnswers>): string =>
  'letters' in mirror ? [...mirror.letters.values()].join('') : JSON.stringify(mirror);

describe('numbers stay', () => {
  test.each([
    ['how many of this are in the room: chair?', 'counting'],
    ['how many metres is the bed away from the lamp?', 'absolute-distance'],
    ['how many centimetres is the longest side of the sofa?', 'object-size'],
    ['how many square metres is the floor of the room?', 'room-size'],
    ['How many chair(s) are in this room?', undefined],
    ['What is the length of the longest dimension of the table, in centimeters?', undefined],
    ['What is the size of this room (in square meters)?', 'room_size_estimation'],
  ])('%s', (problem, kind) => {
    expect(number(problem, kind)).toEqual({ of: 'number' });
  });

  test.each([
    ['how many chairs are left of the sofa?', 'counting', 'names a side'],
    ['By how many degrees must I turn clockwise to face the door?', undefined, 'clock'],
    ['What is the east coordinate of the lamp?', 'counting', 'compass'],
    ['At what second does the dog bark?', 'action-timing', 'not known'],
    ['x'.repeat(5000), 'counting', 'too long'],
  ])('unless that is not known: %s', (problem, kind, reason) => {
    expect(number(problem, kind)).toEqual({ unknown: expect.stringContaining(reason) });
  });
});

describe('choices', () => {
  test('exchange the sides that they name', () => {
    const stand = 'you stand at the bed and face the lamp. where is the sofa?';
    expect(letters(choice(stand, ['left', 'right'], 'relative-direction-easy'))).toBe('BA');
    expect(letters(choice(stand, ['right', 'back', 'left'], 'relative-direction-medium'))).toBe(
      'CBA',
    );
    const quadrants = ['back left', 'front-right', 'front-left', 'back right'];
    expect(letters(choice(stand, quadrants, 'object_rel_direction_hard'))).toBe('DCBA');
    const asked =
      'If I am standing by the bed and facing the lamp, is the sofa to my left, right, or back?';
    expect(letters(choice(asked, ['left', 'right', 'back']))).toBe('BAC');
    const route = 'You go to the door. Which way must you turn: left, right, or back?';
    expect(letters(choice(route, ['Turn Left', 'Turn Back', 'Turn Right'], 'route-planning'))).toBe(
      'CBA',
    );
  });

  test('stay where they name objects or an order', () => {
    expect(
      letters(choice('which is closest to the bed?', ['lamp', 'sofa'], 'relative-distance')),
    ).toBe('AB');
    const order = 'in which order do these appear first: bed, lamp?';
    expect(letters(choice(order, ['bed, lamp', 'lamp, bed'], 'appearance-order'))).toBe('AB');
    const vsi = 'What will be the first-time appearance order of these in the video: bed, lamp?';
    expect(letters(choice(vsi, ['bed, lamp', 'lamp, bed']))).toBe('AB');
  });

  test.each<[string, readonly string[], string | undefined, string]>([
    ['Turn left at the door. Where is the bed?', ['left', 'right'], 'route-planning', 'one side'],
    ['What stands to the left of the sofa?', ['bed', 'lamp'], 'relative-direction', 'names a side'],
    ['where is the sofa?', ['left', 'back'], 'relative-direction-easy', 'no option is the mirror'],
    ['where is the sofa?', ['10 o’clock', 'right', 'left'], 'relative-direction', 'clock'],
    ['where is the sofa?', ['north-east', 'north-west'], 'relative-direction', 'compass'],
    ['which color is the sofa?', ['red', 'blue'], 'color', 'not known'],
    ['which arrow is on the map?', ['left', 'right'], undefined, 'not known'],
    ['where is the sofa?', ['left', 'left', 'right'], 'relative-direction-easy', 'all different'],
    ['where is the sofa?', ['left'], 'relative-direction-easy', 'not lettered'],
  ])('are not known to mirror: %s %j', (problem, options, kind, reason) => {
    expect(choice(problem, options, kind)).toEqual({ unknown: expect.stringContaining(reason) });
  });

  test('without letters are not known', () => {
    const sample: Pick<Sample, 'problem' | 'problemType' | 'options'> = {
      problem: 'where is the sofa?',
      problemType: 'multiple choice',
      options: ['left', 'right'],
    };
    expect(mirrorOfAnswers(sample)).toHaveProperty('unknown');
  });
});

test('texts do not mirror by rule', () => {
  for (const problemType of ['OCR', 'free-form'] as const) {
    expect(mirrorOfAnswers({ problem: 'how many?', problemType, options: [] })).toEqual({
      unknown: expect.stringContaining('texts'),
    });
  }
});
