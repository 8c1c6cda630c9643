/** Parses the subtitles of videos: SubRip, WebVTT, and the two JSON forms of LongVideoBench. */
import { LociError } from '@loci/core';
import type { Subtitle } from '@loci/core';
import { z } from 'zod';

const TIME = String.raw`(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?`;
const TIMING = new RegExp(`^\\s*${TIME}\\s*-->\\s*${TIME}`, 'u');
const MARKUP = /<[^>]*>|\{\\[^}]*\}/gu;

/** Parses SubRip or WebVTT. It skips blocks without a timing (headers, notes, styles) and removes markup. */
export function parseCues(text: string): readonly Subtitle[] {
  const blocks = text
    .replace(/^\uFEFF/u, '')
    .replace(/\r\n?/gu, '\n')
    .split(/\n[ \t]*\n/u);
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIMING.test(line));
    if (at < 0) return [];
    const [, ...times] = TIMING.exec(lines[at]!)!;
    const spoken = lines
      .slice(at + 1)
      .map((line) => line.replace(MARKUP, '').trim())
      .filter((line) => line !== '')
      .join(' ');
    const [start, end] = [secondsOf(times.slice(0, 4)), secondsOf(times.slice(4))];
    return spoken === '' ? [] : [{ start, end, text: spoken }];
  });
}

const clockTime = z
  .string()
  .regex(new RegExp(`^${TIME}$`, 'u'), 'not a time')
  .transform((text) => secondsOf(new RegExp(`^${TIME}$`, 'u').exec(text)!.slice(1)));

const entries = z.array(
  z.union([
    z
      .looseObject({ start: clockTime, end: clockTime, line: z.string() })
      .transform(({ start, end, line }) => ({ start, end, text: line })),
    z
      .looseObject({ timestamp: z.tuple([z.number(), z.number().nullable()]), text: z.string() })
      .transform(({ timestamp: [start, end], text }) => ({ start, end: end ?? undefined, text })),
  ]),
);

/**
 * Parses the JSON of LongVideoBench: a list of `{ start, end, line }` with clock times, or of `{ timestamp, text }` in seconds,
 * the last of which may lack an end and then lasts as long as the video.
 *
 * @throws LociError `subtitles` naming the file.
 */
export function parseSubtitleEntries(
  text: string,
  duration: number,
  path: string,
): readonly Subtitle[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LociError('subtitles', `${path} is not JSON`, { cause: error });
  }
  const parsed = entries.safeParse(json);
  if (parsed.success) return parsed.data.map((entry) => ({ ...entry, end: entry.end ?? duration }));
  const [fault] = parsed.error.issues;
  throw new LociError(
    'subtitles',
    `${path}, "${fault?.path.join('.') ?? ''}": neither start, end and line nor timestamp and text`,
  );
}

/** Least duration of a line in seconds, when its frames are chosen. */
const LEAST_SPAN = 1;

/** Whether a moment lies within a subtitle, without its ends. */
export function covers({ start, end }: Subtitle, moment: number): boolean {
  const middle = (start + end) / 2;
  const half = Math.max(end - start, LEAST_SPAN) / 2;
  return moment > middle - half && moment < middle + half;
}

/** The subtitles that are visible at one of `count` moments, equally spaced from the start to the end of the last subtitle. */
export function sampleSubtitles(
  subtitles: readonly Subtitle[],
  count: number,
): readonly Subtitle[] {
  const last = Math.max(0, ...subtitles.map(({ end }) => end));
  const moments = Array.from({ length: count }, (_, index) => (last * (index + 0.5)) / count);
  return subtitles.filter((subtitle) => moments.some((moment) => covers(subtitle, moment)));
}

function secondsOf([hours, minutes, seconds, fraction]: readonly (string | undefined)[]): number {
  const whole = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
  return whole + Number(`0.${fraction ?? 0}`);
}
