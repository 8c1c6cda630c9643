/** A hasty observer: how often it slips, how far, and that its steps and answers follow from what it noted. */
import { describe, expect, test } from '@jest/globals';
import { deriveSeed, randomStream } from '@loci/core';
import {
  askScene,
  cognitiveMapOf,
  generateRoom,
  questionSceneOf,
  type QuestionScene,
} from '@loci/datasets';
import { noted, type Slips } from '../../src/pretrain/slips.ts';

const NONE: Slips = { cells: 0, counts: 0, lengths: 0 };
const ROOMS = 300;

const scenes = Array.from({ length: ROOMS }, (_, index) => questionSceneOf(generateRoom(index)));
const notes = (slips: Partial<Slips>): readonly QuestionScene[] =>
  scenes.map((scene, index) =>
    noted(scene, { ...NONE, ...slips }, randomStream(deriveSeed(1, 'slips', index))),
  );
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('an observer', () => {
  test('who never slips notes the scene', () => {
    notes({}).forEach((scene, index) => {
      expect(scene.map).toEqual(scenes[index]!.map);
      const sizes = ({ objects }: QuestionScene) =>
        objects.map(({ sizeCm }) => sizeCm.join()).sort();
      expect(sizes(scene)).toEqual(sizes(scenes[index]!));
    });
  });

  test('slips by one cell, in the share of the objects that is asked for, and any of four ways', () => {
    const ways = new Map<string, number>();
    const shares = notes({ cells: 0.4 }).map((scene, index) => {
      const before = scenes[index]!;
      const steps = [...new Set(before.objects.map(({ category }) => category))].flatMap((name) => {
        const own = ({ objects }: QuestionScene) =>
          objects.filter(({ category }) => category === name);
        return own(scene).map(({ centre }, place) => {
          const from = own(before)[place]!.centre;
          return [centre[0] - from[0], centre[1] - from[1]].map((m) => Math.round(m / 0.7));
        });
      });
      for (const step of steps) ways.set(step.join(), (ways.get(step.join()) ?? 0) + 1);
      return mean(steps.map(([x, y]) => Math.abs(x!) + Math.abs(y!)));
    });
    expect([...ways.keys()].sort()).toEqual(['-1,0', '0,-1', '0,0', '0,1', '1,0'].sort());
    expect(mean(shares)).toBeGreaterThan(0.35);
    expect(mean(shares)).toBeLessThan(0.45);
  });

  test('counts a share of the categories wrong by one, and leaves none out', () => {
    const counts = notes({ counts: 0.25 }).flatMap((scene, index) => {
      const before = scenes[index]!.map;
      expect(Object.keys(scene.map)).toEqual(Object.keys(before));
      return Object.keys(before).map((name) =>
        Math.abs(scene.map[name]!.length - before[name]!.length),
      );
    });
    expect(Math.max(...counts)).toBe(1);
    expect(mean(counts)).toBeGreaterThan(0.2);
    expect(mean(counts)).toBeLessThan(0.3);
  });

  test('measures lengths with an error on both sides, within its bound', () => {
    const errors = notes({ lengths: 0.2 }).flatMap(({ sidesM }, index) =>
      sidesM!.map((side, axis) => side / scenes[index]!.sidesM![axis]! - 1),
    );
    expect(Math.max(...errors)).toBeGreaterThan(0.15);
    expect(Math.min(...errors)).toBeLessThan(-0.15);
    // A side is noted to a tenth of a meter.
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.2 + 0.05 / 3.5);
    for (const { areaM2, sidesM } of notes({ lengths: 0.2 })) {
      expect(areaM2).toBeCloseTo(sidesM![0] * sidesM![1]);
    }
  });

  test('answers by its own map: the count of a question is that of its entry', () => {
    for (const scene of notes({ cells: 0.4, counts: 0.4, lengths: 0.2 })) {
      expect(scene.map).toEqual(cognitiveMapOf(scene));
      const question = askScene(scene, 'counting', randomStream(3))!;
      expect(question.map).toBe(scene.map);
      const [, name] = /"(\w+)":\d<\/think>/.exec(question.demonstration)!;
      expect(question.answer).toBe(String(scene.map[name!]!.length));
    }
  });

  test('tells no moment of an object that it noted elsewhere', () => {
    for (const scene of notes({ cells: 1 })) {
      for (const { firstSeen } of scene.objects) expect(firstSeen).toBeUndefined();
      expect(askScene(scene, 'appearance-order', randomStream(1))).toBeUndefined();
    }
  });

  test('slips alike for the same draws', () => {
    const slips = { cells: 0.4, counts: 0.4, lengths: 0.2 };
    expect(notes(slips)).toEqual(notes(slips));
  });
});
