/** A question as a row, in one form from which each engine's form is made. */
import { LociError } from '@loci/core';
import type { Message, PromptTemplate, Sample } from '@loci/core';
import type { ExportModel } from '../ports.ts';
import type { ExportedMedium, FrameFiles } from './frame-files.ts';

/** The part of a run's data that a row belongs to. */
export type RowSplit = 'train' | 'validation';

/** One turn, with a marker in the place of each medium. */
export interface RowMessage {
  readonly role: Message['role'];
  readonly content: string;
}

/** A question with its prompt and its media. */
export interface Row {
  readonly split: RowSplit;
  /** Within its file, from 0. */
  readonly index: number;
  readonly sample: Sample;
  readonly messages: readonly RowMessage[];
  /** In the order of their markers. */
  readonly media: readonly ExportedMedium[];
  /** Of the prompt, media included. */
  readonly tokens: number;
  readonly opened?: string | undefined;
}

/** Collaborators and limits of `makeRow`. */
export interface RowMaker {
  readonly prompt: PromptTemplate;
  readonly model: ExportModel;
  readonly frames: FrameFiles;
  /** As `RowForm.frameRate`. */
  readonly frameRate?: number | undefined;
  /** Longest prompt. */
  readonly maxPromptTokens: number;
}

/** Words that engines replace by a medium. */
const MARKERS = /<(?:video|image|audio)>/u;

/**
 * The row of a sample.
 *
 * @throws LociError `row-refused` with the reason why the sample can have no row; `media-unreadable`.
 */
export async function makeRow(
  sample: Sample,
  split: RowSplit,
  index: number,
  { prompt, model, frames, frameRate, maxPromptTokens }: RowMaker,
): Promise<Row> {
  const messages = prompt.render(sample);
  const media: ExportedMedium[] = [];
  const turns: RowMessage[] = [];
  for (const { role, parts } of messages) {
    let content = '';
    for (const part of parts) {
      if (part.type === 'text') {
        checkText(part.text);
        content += part.text;
        continue;
      }
      checkTiming(part, model);
      const medium = await frames.write(part.media, part.frames);
      checkSize(medium, model);
      media.push(medium);
      content += `<${part.media.kind}>`;
    }
    turns.push({ role, content });
  }
  const { tokens, opened } = model.countPrompt(messages, media.map(shownShape(model, frameRate)));
  if (tokens > maxPromptTokens) {
    throw refusal(
      `its prompt has ${tokens} tokens; at most ${maxPromptTokens} leave room for the completion`,
    );
  }
  return {
    split,
    index,
    sample,
    messages: turns,
    media,
    tokens,
    ...(opened !== undefined && { opened }),
  };
}

/** Frames per second that a row gives the engine: two for Qwen2.5-VL, as it trains and samples; for other models the true rate. */
export function sampleRate(
  { seconds }: Pick<ExportedMedium, 'seconds'>,
  modelType: string,
): number {
  const span = seconds.length < 2 ? 0 : seconds.at(-1)! - seconds[0]!;
  if (isTwoASecond(modelType) || span <= 0) return TWO_A_SECOND;
  return (seconds.length - 1) / span;
}

const TWO_A_SECOND = 2;

/** Whether a model counts two frames as one second, whatever the video's own rate. */
export function isTwoASecond(modelType: string): boolean {
  return modelType.startsWith('qwen2');
}

/** The medium as the engine counts it: evenly spaced frames at the rate of the row. */
function shownShape(
  { modelType }: ExportModel,
  frameRate: number | undefined,
): (medium: ExportedMedium) => ExportedMedium {
  return (medium) => {
    if (medium.kind === 'image') return medium;
    const rate = frameRate ?? sampleRate(medium, modelType);
    return {
      ...medium,
      frames: medium.paths.length,
      seconds: medium.paths.map((_, frame) => frame / rate),
    };
  };
}

function checkText(text: string): void {
  const [marker] = MARKERS.exec(text) ?? [];
  if (marker === undefined) return;
  throw refusal(`its text has the word ${marker}, which engines replace by a medium`);
}

function checkTiming(
  { as, frames }: Extract<Message['parts'][number], { type: 'media' }>,
  { modelType }: ExportModel,
): void {
  if (as === 'images') throw refusal('its video is shown as a list of images');
  if (frames?.timing === 'filmed' && isTwoASecond(modelType)) {
    throw refusal(
      'its frames are timed as filmed, but engines train this model at two frames a second',
    );
  }
}

function checkSize(medium: ExportedMedium, model: ExportModel): void {
  if (model.keepsSize({ ...medium, frames: medium.paths.length })) return;
  throw refusal(
    `the model's own preprocessing would scale its frames of ${medium.width}×${medium.height} pixels again; choose sizes within ` +
      'the limits of its preprocessor_config.json',
  );
}

function refusal(reason: string): LociError {
  return new LociError('row-refused', reason);
}
