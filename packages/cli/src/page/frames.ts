/** Frames of media as pictures inside the page. */
import { LociError, readPlaces, relocated } from '@loci/core';
import type { MediaReference } from '@loci/core';
import { html } from './html.ts';
import type { Html } from './html.ts';

const STRIP = { frames: 8, width: 160 };

/** Shows media. */
export interface FrameSource {
  /** Frames of each medium; a sentence in place of what cannot be read (any more): a report does not fail because a video has moved. */
  strip(media: readonly MediaReference[]): Promise<Html>;
}

/** Decodes each medium once, however often it is on the page; finds it where it lies now when it was moved with the run. */
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
