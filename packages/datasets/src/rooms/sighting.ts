/** Finds when and how well the camera of a room sees each object, by a dry run of the clip on small frames. */
import { boxesOf } from './boxes.ts';
import { cameraAt, frameTime, SIGHTING_FRAMES } from './camera.ts';
import { castBoxes, createView, visiblePixels } from './cast.ts';
import type { RoomScene, Sighting } from './scene.ts';

const HEIGHT = 28;
const WIDTH = 42;
/** An object counts as seen in a frame from this many of the 1176 rays on. */
const SEEN_RAYS = 4;
/** Share of its best frame that an object must fill for questions: 16 of 1176 rays. */
export const ENOUGH_SHARE = 16 / (HEIGHT * WIDTH);

/** How each object of a scene is seen, in order; other objects and decor hide it as they do in the film. */
export function sightingsOf(
  scene: Pick<RoomScene, 'decor' | 'size' | 'camera'> & { readonly objects: RoomScene['decor'] },
): readonly Sighting[] {
  const boxes = boxesOf({
    ...scene,
    objects: scene.objects.map((object) => ({ ...object, sighting: { largestShare: 0 } })),
  });
  const view = createView(HEIGHT, WIDTH);
  const firstSeen = new Int8Array(scene.objects.length).fill(-1);
  const most = new Uint32Array(scene.objects.length);
  for (let frame = 0; frame < SIGHTING_FRAMES; frame++) {
    const time = frameTime(frame, SIGHTING_FRAMES);
    const { path, mirrored } = scene.camera;
    castBoxes(boxes, cameraAt(path, mirrored, scene.size, time), view);
    visiblePixels(boxes, scene.objects.length, view).forEach((count, object) => {
      if (firstSeen[object] === -1 && count >= SEEN_RAYS) firstSeen[object] = frame;
      most[object] = Math.max(most[object]!, count);
    });
  }
  return scene.objects.map((_, object) => ({
    ...(firstSeen[object] === -1 ? {} : { firstSeen: firstSeen[object]! }),
    largestShare: most[object]! / (HEIGHT * WIDTH),
  }));
}
