import { describe, expect, test } from '@jest/globals';
import { ALL_FORMATS, BufferSource, Input, VideoSampleSink } from 'mediabunny';
import { generateRoom } from '../../src/rooms/generate-room.ts';
import { renderRoom } from '../../src/rooms/render.ts';
import { encodeFilm } from '../../src/rooms/video.ts';

/** Declared apart: mediabunny's type names only the browser's other fields. */
const RGBA = { format: 'RGBA' as const, rect: undefined };

interface Decoded {
  readonly times: readonly number[];
  readonly rgb: Uint8Array;
}

async function decode(bytes: Uint8Array): Promise<Decoded> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  expect(await track!.getCodec()).toBe('avc');
  const times: number[] = [];
  const values: number[] = [];
  for await (const sample of new VideoSampleSink(track!).samples()) {
    times.push(sample.timestamp);
    const rgba = new Uint8Array(sample.allocationSize(RGBA));
    await sample.copyTo(rgba, RGBA);
    for (let at = 0; at < rgba.length; at += 4)
      values.push(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
    sample.close();
  }
  return { times, rgb: Uint8Array.from(values) };
}

describe('encodeFilm', () => {
  const film = renderRoom(generateRoom(4), { frames: 8, height: 112, width: 168 });

  test('every frame comes back at its time and nearly as it was', async () => {
    const { times, rgb } = await decode(await encodeFilm(film, 4));
    expect(times).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
    expect(rgb.length).toBe(film.pixels.length);
    const error =
      rgb.reduce((sum, value, at) => sum + Math.abs(value - film.pixels[at]!), 0) / rgb.length;
    expect(error).toBeLessThan(4);
  });

  test('the same film gives the same pixels', async () => {
    const [first, second] = await Promise.all([encodeFilm(film, 4), encodeFilm(film, 4)]);
    expect((await decode(first)).rgb).toEqual((await decode(second)).rgb);
  });
});
