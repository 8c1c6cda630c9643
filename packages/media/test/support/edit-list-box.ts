/** Puts an edit list into an mp4 whose tables stand at its end, as Mediabunny writes it. */

/** An entry: `[seconds shown, second of the track]`; −1 for a pause. */
export type EditEntry = readonly [seconds: number, from: number];

/** The file with the edit list in its first track. */
export function withEdits(file: Buffer, entries: readonly EditEntry[]): Buffer {
  const movie = boxAt(file, 'moov', 0, file.length);
  const track = boxAt(file, 'trak', movie.from, movie.to);
  const header = boxAt(file, 'tkhd', track.from, track.to);
  const movieScale = scaleOf(file, boxAt(file, 'mvhd', movie.from, movie.to).from);
  const media = boxAt(file, 'mdia', track.from, track.to);
  const scale = scaleOf(file, boxAt(file, 'mdhd', media.from, media.to).from);
  if (movie.to !== file.length) throw new Error('the tables do not stand at the end');

  const list = Buffer.alloc(8 + 16 + 12 * entries.length);
  list.writeUInt32BE(list.length, 0);
  list.write('edts', 4);
  list.writeUInt32BE(list.length - 8, 8);
  list.write('elst', 12);
  list.writeUInt32BE(entries.length, 20);
  entries.forEach(([seconds, from], index) => {
    const at = 24 + 12 * index;
    list.writeUInt32BE(Math.round(seconds * movieScale), at);
    list.writeInt32BE(from < 0 ? -1 : Math.round(from * scale), at + 4);
    list.writeInt32BE(1 << 16, at + 8);
  });
  const edited = Buffer.concat([file.subarray(0, header.to), list, file.subarray(header.to)]);
  for (const { from } of [movie, track]) {
    edited.writeUInt32BE(edited.readUInt32BE(from - 8) + list.length, from - 8);
  }
  return edited;
}

function boxAt(file: Buffer, type: string, from: number, to: number) {
  for (let at = from; at + 8 <= to; at += file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === type) {
      return { from: at + 8, to: at + file.readUInt32BE(at) };
    }
  }
  throw new Error(`there is no ${type}`);
}

/** Ticks a second of a movie header or media header. */
const scaleOf = (file: Buffer, from: number) =>
  file.readUInt32BE(from + (file[from] === 1 ? 20 : 12));
