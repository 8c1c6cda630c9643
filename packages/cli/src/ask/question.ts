/** Turns a typed question into the messages of a prompt template. */
import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { LociError, offerMap } from '@loci/core';
import type { MediaReference, Message, PromptTemplate, RunConfig, Sample } from '@loci/core';
import { CATEGORIES } from '@loci/datasets';
import { resolveUserPath } from '../paths.ts';

/** A typed question. */
export interface AskedQuestion {
  readonly media: readonly MediaReference[];
  readonly text: string;
  /** With letters, as `lettered` adds them. */
  readonly options: readonly string[];
  /** Names of objects to map. */
  readonly objects: readonly string[];
}

const PICTURES = new Set([
  '.png',
  '.jpg',
  '.jpeg',
  '.webp',
  '.gif',
  '.bmp',
  '.tif',
  '.tiff',
  '.avif',
]);

/**
 * Videos and pictures, told apart by the ends of their names.
 *
 * @throws LociError `media-missing` with the remedy.
 */
export function askedMedia(typed: readonly string[], base: string): readonly MediaReference[] {
  return typed.map((one) => {
    const path = resolveUserPath(one, base);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) {
      throw new LociError(
        'media-missing',
        `There is no file ${path}: name a video or a picture; the order is MODEL, VIDEO, QUESTION`,
      );
    }
    if (!found.isFile()) {
      throw new LociError(
        'media-missing',
        `${path} is a folder: name a video or a picture in it, or several pictures one after the other`,
      );
    }
    return { kind: PICTURES.has(extname(path).toLowerCase()) ? 'image' : 'video', path };
  });
}

/** The objects of generated rooms that a question names, for models whose prompt lists the objects to map. */
export function namedObjects(text: string): readonly string[] {
  const words = ` ${text.toLowerCase().replace(/[^a-z\s-]+/gu, ' ')} `.replace(/s(?=\s)/gu, '');
  return CATEGORIES.filter((name) => words.includes(` ${name.replace(/s$/u, '')} `));
}

/** `A. chair` from `chair`; options with letters stay as they are. */
export function lettered(options: readonly string[]): readonly string[] {
  const haveLetters = options.every((option, index) => option.startsWith(`${letterOf(index)}.`));
  return haveLetters ? options : options.map((option, index) => `${letterOf(index)}. ${option}`);
}

function letterOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** The messages of the question. A template with maps also offers a map where no object is named. */
export function messagesOf(
  { media, text, options, objects }: AskedQuestion,
  prompt: PromptTemplate,
  { use }: RunConfig['prompt'],
): readonly Message[] {
  const sample: Sample = {
    id: 'asked',
    problem: text,
    options,
    problemType: options.length > 0 ? 'multiple choice' : 'free-form',
    solution: '',
    media,
    source: 'SR_dataset',
    ...(objects.length > 0 && { map: Object.fromEntries(objects.map((name) => [name, []])) }),
  };
  const offer = objects.length === 0 && use === 'map-imagination' ? [offerMap()] : [];
  return prompt.render(sample).map((message) => ({
    ...message,
    parts: [
      ...message.parts,
      ...(message.role === 'user'
        ? offer.map((line) => ({ type: 'text' as const, text: `\n${line}` }))
        : []),
    ],
  }));
}
