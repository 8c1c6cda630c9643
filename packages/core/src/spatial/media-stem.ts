/**
 * The base name of a media file without its last extension, which is the `video_id` of its map in SpaceR's annotation:
 * `videos/scene0001_00.mp4` gives `scene0001_00`. A leading dot starts a name, not an extension.
 */
export function mediaStem(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const leadingDots = base.length - base.replace(/^\.+/u, '').length;
  const dot = base.lastIndexOf('.');
  return dot > leadingDots ? base.slice(0, dot) : base;
}
