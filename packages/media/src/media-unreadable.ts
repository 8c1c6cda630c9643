import { LociError, messageOf } from '@loci/core';

/** The error of a file that is no picture or video, a damaged one, or one that is not fit for the model. */
export function mediaUnreadable(path: string, reason: unknown): LociError {
  return new LociError('media-unreadable', `${path} cannot be read: ${messageOf(reason)}`, {
    ...(reason instanceof Error && { cause: reason }),
    details: { path },
  });
}
