import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readModel } from '../../../src/models/index.ts';
import { parseConfig } from '../../../src/models/qwen2-5-vl/config.ts';
import { textRotary, tokenPositions } from '../../../src/models/qwen2-5-vl/positions.ts';
import { patchPositions, towerRotary } from '../../../src/models/parts/rotary.ts';
import { mergedTokens } from '../../../src/models/spec/sizes.ts';
import type { MediaExtent, PositionRule } from '../../../src/models/spec/prompts.ts';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import { describeWith, parityFolder } from '../../support/parity-fixture.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';

const config = parseConfig(tinyConfigJson());
const VIDEO = config.tokens.video;
const clip: MediaExtent = { kind: 'video', grid: [3, 2, 4], secondsPerGrid: 1 };

describe('token positions', () => {
  test('text counts up on all axes', () => {
    const { positions, next, ropeDelta } = tokenPositions([9, 9, 9], [], config);
    expect([...positions]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect([next, ropeDelta]).toEqual([3, 0]);
  });

  test('the rules differ in where text goes on after a long video', () => {
    const ids = [9, ...new Array<number>(6).fill(VIDEO), 9];
    const published = tokenPositions(ids, [clip], config, '4.49');
    const row = (axis: number) => [...published.positions].slice(8 * axis, 8 * axis + 8);
    expect(row(0)).toEqual([0, 1, 1, 3, 3, 5, 5, 6]);
    expect(row(1)).toEqual([0, 1, 1, 1, 1, 1, 1, 6]);
    expect(row(2)).toEqual([0, 1, 2, 1, 2, 1, 2, 6]);
    expect([published.next, published.ropeDelta]).toEqual([7, -1]);
    const later = tokenPositions(ids, [clip], config, '5.18');
    expect(later.positions[7]).toBe(3);
    expect(later.next).toBe(4);
  });

  test('the temporal axis is truncated after a product in float32', () => {
    const long: MediaExtent = {
      kind: 'video',
      grid: [6, 2, 2],
      secondsPerGrid: Math.fround(0.7),
    };
    for (const rule of ['4.49', '5.18'] as const) {
      const { positions } = tokenPositions(new Array<number>(6).fill(VIDEO), [long], config, rule);
      expect([...positions.subarray(0, 6)]).toEqual([0, 1, 2, 4, 5, 7]);
    }
  });

  test.each([
    ['too few placeholders', [VIDEO, VIDEO, 9], [clip]],
    ['no medium', [VIDEO], []],
    ['the other kind', new Array<number>(6).fill(config.tokens.image), [clip]],
    ['a medium too many', [9], [clip]],
  ])('%s is refused', (_, ids, media) => {
    expect(() => tokenPositions(ids, media, config)).toThrow(
      expect.objectContaining({ code: 'media-mismatch' }),
    );
  });
});

describe('rotary tables', () => {
  test('sections pick their axis', () => {
    const { cos, sin, frequencies } = textRotary(Int32Array.of(1, 2, 3), config.text);
    expect(frequencies).toBe(4);
    const angles = [1, 2 * 0.1, 3 * 0.01, 3 * 0.001];
    angles.forEach((angle, index) => {
      expect(cos[index]).toBeCloseTo(Math.cos(angle), 6);
      expect(sin[index]).toBeCloseTo(Math.sin(angle), 6);
    });
  });

  test('patches stand in merge-block order', () => {
    expect([...patchPositions([1, 2, 4], 2)]).toEqual([
      0, 0, 0, 1, 1, 0, 1, 1, 0, 2, 0, 3, 1, 2, 1, 3,
    ]);
    const { rows, frequencies, sin } = towerRotary([1, 2, 4], {
      ...config.vision,
      mergeSize: 2,
    });
    expect([rows, frequencies]).toEqual([8, 4]);
    expect([...sin.slice(12, 16)].map((value) => value.toFixed(5))).toEqual(
      [1, 0.01, 1, 0.01].map((angle) => Math.sin(angle).toFixed(5)),
    );
  });
});

describeWith(parityFolder)('the fixture', () => {
  test('positions and deltas agree in every case under both rules', async () => {
    const model = parseConfig((await readModel(parityFolder)).configJson);
    const facts = JSON.parse(await readFile(join(parityFolder, 'parity.json'), 'utf8'));
    const arrays = await openCheckpoint(join(parityFolder, 'parity.safetensors'));
    const read = async (name: string) => [...(await arrays.readIntegers(name))];
    let compared = 0;
    for (const name of Object.keys(facts.cases)) {
      const at = `case/${name}`;
      const [rows = 0, length = 0] = facts.arrays[`${at}/input_ids`].shape as number[];
      const ids = await read(`${at}/input_ids`);
      const mask = await read(`${at}/attention_mask`);
      const completion = await read(`${at}/completion_ids`);
      const grids = async (kind: string) =>
        arrays.entries.has(`${at}/${kind}_grid_thw`) ? read(`${at}/${kind}_grid_thw`) : [];
      const images = await grids('image');
      const videos = await grids('video');
      const seconds = arrays.entries.has(`${at}/second_per_grid_ts`)
        ? [...(await arrays.readFloats(`${at}/second_per_grid_ts`))]
        : [];
      const take = (kind: MediaExtent['kind']): MediaExtent => {
        const [t = 0, h = 0, w = 0] = (kind === 'image' ? images : videos).splice(0, 3);
        return {
          kind,
          grid: [t, h, w],
          secondsPerGrid: kind === 'image' ? 0 : (seconds.shift() ?? 1),
        };
      };
      for (let row = 0; row < rows; row++) {
        const start = mask.slice(row * length, (row + 1) * length).indexOf(1);
        const added = completion.length / rows;
        const prompt = ids.slice(row * length + start, (row + 1) * length);
        const media: MediaExtent[] = [];
        for (let index = 0; index < prompt.length;) {
          const id = prompt[index]!;
          if (id !== model.tokens.image && id !== model.tokens.video) {
            index++;
            continue;
          }
          const medium = take(id === model.tokens.image ? 'image' : 'video');
          media.push(medium);
          index += mergedTokens(medium.grid, model.vision.spatialMergeSize);
        }
        const whole = [...prompt, ...completion.slice(row * added, (row + 1) * added)];
        for (const rule of ['5.18', '4.49'] satisfies PositionRule[]) {
          const prefix =
            rule === '4.49' && arrays.entries.has(`${at}/v4_completion_position_ids`) ? 'v4_' : '';
          const stored = await read(`${at}/${prefix}completion_position_ids`);
          const deltas = await read(`${at}/${prefix}rope_deltas`);
          const { positions } = tokenPositions(whole, media, model, rule);
          const { next, ropeDelta } = tokenPositions(prompt, media, model, rule);
          const total = length + added;
          for (let axis = 0; axis < 3; axis++) {
            const expected = stored.slice(
              (axis * rows + row) * total + start,
              (axis * rows + row + 1) * total,
            );
            const found = positions.subarray(axis * whole.length, (axis + 1) * whole.length);
            expect([...found]).toEqual(expected);
            expect(next).toBe(expected[prompt.length]);
            compared++;
          }
          expect(ropeDelta).toBe(deltas[row]);
        }
      }
    }
    await arrays.close();
    expect(compared).toBeGreaterThan(0);
  });
});
