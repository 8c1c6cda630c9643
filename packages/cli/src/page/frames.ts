/** Embeds frames of media as pictures in a page. */
import { LociError, readPlaces, relocated } from '@loci/core';
import type { MediaReference } from '@loci/core';
import { html } from './html.ts';
import type { Html } from './html.ts';

const STRIP = { frames: 8, width: 160 };

/** Makes the frames of media. */
export interface FrameSource {
  /** Frames of each medium; the reason in place of one that cannot be read, so that a report does not fail when a video has moved. */
  strip(media: readonly MediaReference[]): Promise<Html>;
}

/** Makes a source that decodes each medium once, and finds media that were moved with the run. */
export function createFrameSource(directory: string): FrameSource {
  const strips = new Map<string, Promise<Html>>();
  const places = readPlaces(directory);
  return {
    async strip(media) {
      const rows = media.map((medium) => {
        const key = `${medium.path}\n${medium.second ?? ''}`;
        const path = relocated(medium.path, directory, places);
        const strip = strips.get(key) ?? stripHtml({ ...medium, path });
        strips.set(key, strip);
        return strip;
      });
      return html`${await Promise.all(rows)}`;
    },
  };
}

async function stripHtml(medium: MediaReference): Promise<Html> {
  const { frameStrip } = await import('@loci/media');
  let frames: readonly Buffer[];
  try {
    frames = await frameStrip(medium, STRIP);
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    return html`<div class="faint">${thrown.message}</div>`;
  }
  return html`<div class="frames${frames.length === 1 ? ' one' : ''}">
    ${frames.map(
      (frame, index) =>
        html`<img
          src="data:image/jpeg;base64,${frame.toString('base64')}"
          alt="frame ${index + 1}"
        />`,
    )}
  </div>`;
}
