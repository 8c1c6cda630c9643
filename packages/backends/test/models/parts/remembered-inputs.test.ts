import { describe, expect, test } from '@jest/globals';
import type { EncodedMedia } from '@loci/core';
import { rememberInputs } from '../../../src/models/parts/remembered-inputs.ts';

function picture(values = 4): EncodedMedia {
  return { kind: 'image', patches: new Float32Array(values), grid: [1, 2, 2], secondsPerGrid: 0 };
}

/** Inputs that hold all patches, and how often they were made. */
function counted() {
  let made = 0;
  const inputsOf = rememberInputs((media) => {
    made++;
    const values = media.reduce((sum, { patches }) => sum + patches.length, 0);
    return { pixels: { shape: [values], data: new Float32Array(values) } };
  });
  return { inputsOf, made: () => made };
}

describe('inputs of media', () => {
  test('are made once for the same media, in another list too', () => {
    const { inputsOf, made } = counted();
    const [one, other] = [picture(), picture()];
    const first = inputsOf([one, other]);
    expect(inputsOf([one, other])).toBe(first);
    expect(made()).toBe(1);
  });

  test('are made anew for other media, for fewer, and in another order', () => {
    const { inputsOf, made } = counted();
    const [one, other] = [picture(), picture()];
    for (const media of [[one, other], [other, one], [one], [picture(), other], []]) {
      inputsOf(media);
    }
    expect(made()).toBe(5);
  });

  test('are those of the media that the list had, when the caller changes it', () => {
    const { inputsOf } = counted();
    const media = [picture()];
    inputsOf(media);
    media.push(picture());
    expect(inputsOf(media)['pixels']!.shape).toEqual([8]);
  });

  test('of two lanes and two batches are held, older ones are not', () => {
    const { inputsOf, made } = counted();
    const lists = Array.from({ length: 5 }, () => [picture()]);
    for (const media of lists) inputsOf(media);
    for (const media of lists.slice(1)) inputsOf(media);
    expect(made()).toBe(5);
    inputsOf(lists[0]!);
    expect(made()).toBe(6);
  });

  test('are not held where they are large', () => {
    const { inputsOf, made } = counted();
    const large = [picture(2 ** 21 + 1)];
    inputsOf(large);
    inputsOf(large);
    expect(made()).toBe(2);
  });
});
