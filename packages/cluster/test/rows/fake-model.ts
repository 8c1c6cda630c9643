/** A model for rows: three tokens a frame, and one a letter. */
import type { Message } from '@loci/core';
import type { ExportModel } from '../../src/ports.ts';

/** @param seconds of the frames of every video. */
export function fakeModel(
  modelType: string,
  seconds: readonly number[],
  change: Partial<ExportModel> = {},
): ExportModel {
  const frame = { width: 56, height: 28, pixels: new Uint8Array(56 * 28 * 3).fill(120) };
  const textOf = (messages: readonly Message[]): string =>
    messages
      .flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')))
      .join('');
  return {
    modelType,
    patchSize: 14,
    maxPositions: 4096,
    silentTokenIds: [0],
    readFrames: async ({ kind }) =>
      kind === 'image'
        ? { frames: [frame], seconds: [] }
        : { frames: seconds.map(() => frame), seconds },
    keepsSize: () => true,
    countPrompt: (messages, shapes) => ({
      tokens: textOf(messages).length + shapes.reduce((sum, { frames }) => sum + 3 * frames, 0),
      opened: '<think>\n',
    }),
    ...change,
  };
}
