/** Vectors of the frame readers, of training and of evaluation. */
import {
  evaluationFrameSize,
  evaluationFrames,
  trainingFrameIndices,
  trainingFrameSize,
} from '@loci/media';
import { z } from 'zod';
import type { Check } from './check.ts';
import { checkResult } from './check.ts';
import { FLOAT64 } from './compare.ts';
import { number } from './inputs.ts';

const frameInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('eval_load'),
    total_frames: number,
    video_fps: number,
    num_frames: number,
    fps: number,
  }),
  z.object({ kind: z.literal('eval_resize'), width: number, height: number, max_side: number }),
  z.object({ kind: z.literal('train_nframes'), total_frames: number, video_fps: number }),
  z.object({
    kind: z.literal('train_video_resize'),
    width: number,
    height: number,
    nframes: number,
  }),
]);

/** `frame_sampling`. */
export const frameSampling: Check = checkResult(({ input }) => {
  const request = frameInput.parse(input);
  switch (request.kind) {
    case 'eval_load':
      return evaluationFrames({
        totalFrames: request.total_frames,
        videoFps: request.video_fps,
        numFrames: request.num_frames,
        fps: request.fps,
      });
    case 'eval_resize':
      return evaluationFrameSize(request.width, request.height, request.max_side);
    case 'train_nframes': {
      const indices = trainingFrameIndices(request.total_frames, request.video_fps);
      return { nframes: indices.length, indices };
    }
    case 'train_video_resize':
      return trainingFrameSize(request.width, request.height);
    default:
      return request satisfies never;
  }
}, FLOAT64);
