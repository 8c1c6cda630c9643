import { describe, expect, test } from '@jest/globals';
import { readQuestion } from '../../src/consistency/question.ts';
import { ROOM } from '../score.ts';

const read = (problem: string, ...options: readonly string[]) =>
  readQuestion({ ...ROOM, problem, options });
const SIDES = ['A. left', 'B. right'];
const QUADRANTS = ['A. back-left', 'B. front-right', 'C. front-left', 'D. back-right'];

describe('questions of the generated rooms', () => {
  test('are read', () => {
    expect(read('how many of this are in the room: chair?')).toEqual({
      asks: 'count',
      category: 'chair',
    });
    expect(read('how many metres is the bed away from the tv?')).toEqual({
      asks: 'distance',
      from: 'bed',
      to: 'tv',
      fromSurface: false,
    });
    expect(read('which is closest to the desk?', 'A. bed', 'B. sofa', 'C. tv')).toEqual({
      asks: 'closest',
      anchor: 'desk',
      fromSurface: false,
      options: [
        { letter: 'A', name: 'bed' },
        { letter: 'B', name: 'sofa' },
        { letter: 'C', name: 'tv' },
      ],
    });
    expect(
      read('you stand at the bed and face the tv. where is the lamp?', ...SIDES),
    ).toMatchObject({
      asks: 'direction',
      level: 'easy',
      observer: 'bed',
      faced: 'tv',
      target: 'lamp',
    });
  });

  test.each([
    ['how many centimetres is the longest side of the bed?'],
    ['how many square metres is the floor of the room?'],
    [
      'in which order do these appear first: bed, tv, sofa?',
      'A. bed, tv, sofa',
      'B. tv, bed, sofa',
    ],
  ])('%j is nothing that a map tells', (problem, ...options) => {
    expect(read(problem, ...options)).toBeUndefined();
  });
});

describe('questions of VSI-Bench', () => {
  test('are read', () => {
    expect(read('How many trash bin(s) are in this room?')).toEqual({
      asks: 'count',
      category: 'trash bin',
    });
    expect(
      read(
        'Measuring from the closest point of each object, which of these objects (stove, trash bin) is the closest to the TV?\nIf there are multiple instances of an object category, measure to the closest.',
        'A. stove',
        'B. trash bin',
      ),
    ).toMatchObject({ asks: 'closest', anchor: 'tv', fromSurface: true });
    expect(
      read(
        'Measuring from the closest point of each object, what is the distance between the sofa and the stove (in meters)?',
      ),
    ).toEqual({ asks: 'distance', from: 'sofa', to: 'stove', fromSurface: true });
    expect(
      read(
        'If I am standing by the stove and facing the tv, is the sofa to the left or the right of the tv?',
        ...SIDES,
      ),
    ).toMatchObject({ level: 'easy', observer: 'stove', faced: 'tv', target: 'sofa' });
    expect(
      read(
        'If I am standing by the stove and facing the tv, is the sofa to my left, right, or back?\nAn object is to my back if I would have to turn at least 135 degrees in order to face it.',
        'A. back',
        ...SIDES,
      ),
    ).toMatchObject({ level: 'medium', target: 'sofa' });
    expect(
      read(
        'If I am standing by the stove and facing the tv, is the sofa to my front-left, front-right, back-left, or back-right?\nThe directions refer to the quadrants of a Cartesian plane (if I am standing at the origin and facing along the positive y-axis).',
        ...QUADRANTS,
      ),
    ).toMatchObject({
      level: 'hard',
      options: expect.arrayContaining([{ letter: 'C', name: 'front left' }]),
    });
  });

  test.each([
    ['What is the size of this room (in square meters)?'],
    [
      'What is the length of the longest dimension (length, width, or height) of the bed, measured in centimeters?',
    ],
    ['You are a robot beginning at the door facing the tv.', 'A. Turn Left', 'B. Turn Right'],
    [
      'What will be the first-time appearance order of the following categories in the video: a, b?',
      'A. a, b',
      'B. b, a',
    ],
  ])('%j is nothing that a map tells', (problem, ...options) => {
    expect(read(problem, ...options)).toBeUndefined();
  });
});

test('directions with other options, choices without any, and endless problems are not known', () => {
  const facing = 'you stand at the bed and face the tv. where is the lamp?';
  expect(read(facing, 'A. left', 'B. up')).toBeUndefined();
  expect(read(facing, 'left', 'right')).toBeUndefined();
  expect(read(facing)).toBeUndefined();
  expect(read('which is closest to the desk?')).toBeUndefined();
  expect(read(`${'x'.repeat(5_000)}how many of this are in the room: chair?`)).toBeUndefined();
});
