/** Turns pictures and videos into frames: decoding, selection, scaling, caches. Needs no engine and no model. */
export { decodeImage } from './decode-image.ts';
export { decodeVideo } from './decode-video.ts';
export { formOfFile } from './file-form.ts';
export type { FileForm } from './file-form.ts';
export { openDiskFrameCache } from './disk-frame-cache.ts';
export type { DiskFrameCache, DiskFrameCacheOptions } from './disk-frame-cache.ts';
export { clipBytes, createFrameCache } from './frame-cache.ts';
export type { FrameCache } from './frame-cache.ts';
export { frameStrip, pictureJpeg, spread } from './frame-strip.ts';
export type { StripSize } from './frame-strip.ts';
export { createFrameReader } from './frame-reader.ts';
export type { FrameReader } from './frame-reader.ts';
export {
  evaluationFrames,
  evaluationFrameSize,
  TRAINING_FRAME_AREA,
  TRAINING_FRAME_RATE,
  trainingFrameIndices,
  trainingFrameSize,
} from './frame-sampling.ts';
export type { EvaluationFrames, FrameRate } from './frame-sampling.ts';
export { CLIP_NORMALISATION, DEFAULT_FRAME_SETTINGS, withFrameLimits } from './frame-settings.ts';
export type { FrameSettings, Normalisation, PixelLimits, VideoSizing } from './frame-settings.ts';
export { treatFrames } from './frame-treatment.ts';
export { loadMediabunny } from './load-mediabunny.ts';
export { orientPicture } from './orient.ts';
export type { Orientation } from './orient.ts';
export type { Clip, Picture } from './picture.ts';
export { resizePicture } from './resize.ts';
export { frameShownAt, selectFrames } from './select-frames.ts';
export { roundHalfToEven, smartResize } from './smart-resize.ts';
export type { Size } from './smart-resize.ts';
export { mediaUnreadable } from './unreadable-reason.ts';
export type { VideoFacts } from './video-facts.ts';
