/** Opens a model folder for the export of rows: its preprocessing and its tokenizer, without weights. */
import type { ExportModel, MediaShape } from '@loci/cluster';
import { LociError, typedPath } from '@loci/core';
import type { EncodedMedia } from '@loci/core';
import { createFrameCache, createFrameReader, smartResize } from '@loci/media';
import { loadBackends } from '../parts.ts';
import { engineLimits } from './engine-limits.ts';

/** Memory for decoded frames. */
const CACHE_BYTES = 256 * 2 ** 20;

/**
 * Opens the folder that a policy names.
 *
 * @throws LociError `no-model-folder` for a policy without one, `engine-unavailable`, and those of the folder's files.
 */
export async function openExportModel(
  policy: Readonly<Record<string, unknown>> & { readonly use: string },
  baseDirectory: string,
): Promise<ExportModel> {
  const { model: named } = policy;
  if (typeof named !== 'string') {
    throw new LociError(
      'no-model-folder',
      `The policy "${policy.use}" names no model folder: set policy.model to one in Hugging Face layout`,
    );
  }
  const folder = typedPath(named, baseDirectory);
  const backends = await loadBackends('Exporting rows');
  const { createProcessor, openedReader, readChatTemplate, readModel, readTokenizer } = backends;
  const { decoder, modelType, prompts, tokens, vision } = await readModel(folder);
  const limits = engineLimits(folder, modelType);
  const { patchSize, mergeSize, temporalPatchSize } = vision;
  const factor = patchSize * mergeSize;
  const settings = await prompts.readFrameSettings(folder);
  const codec = await readTokenizer(folder);
  const render = await readChatTemplate(folder);
  const openedBy = openedReader(render);
  const { padTokenId, stopTokenIds } = await createProcessor(folder, { frameCacheBytes: 0 });
  const { image, video, visionEnd, visionStart } = tokens;

  const encoded = ({ kind, frames, width, height, seconds }: MediaShape): EncodedMedia => ({
    kind,
    patches: new Float32Array(0),
    grid: [Math.ceil(frames / temporalPatchSize), height / patchSize, width / patchSize],
    secondsPerGrid: 1,
    ...(kind === 'video' && { frameSeconds: seconds }),
  });
  return {
    modelType,
    patchSize,
    maxPositions: decoder.maxPositions,
    silentTokenIds: [
      ...new Set([...stopTokenIds, padTokenId, image, video, visionStart, visionEnd]),
    ],
    readFrames: createFrameReader(settings, factor, createFrameCache(CACHE_BYTES)),
    keepsSize({ kind, frames, width, height }) {
      const { minPixels, maxPixels } = limits[kind];
      const sizing = kind === 'video' ? settings.video.sizing : undefined;
      const kept = sizing
        ? sizing.size({ width, height }, frames, factor, limits.video)
        : smartResize(width, height, factor, minPixels, maxPixels);
      return kept.width === width && kept.height === height;
    },
    countPrompt(messages, shapes) {
      const rendered = render(messages);
      const { length } = prompts.encode(rendered, shapes.map(encoded), codec);
      return { tokens: length, opened: openedBy(rendered) };
    },
  };
}
