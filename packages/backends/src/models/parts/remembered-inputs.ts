/** Remembers the inputs of the last media, since a batch is read by several runs: by the reference, and then with gradients. */
import type { EncodedMedia } from '@loci/core';
import type { HostTensors } from '../../ops/host-tensor.ts';

/** Makes the inputs of a vision tower from media. */
type MakeInputs = (media: readonly EncodedMedia[]) => HostTensors;

/** Lists of media that are remembered: those of two lanes, twice. */
const PLACES = 4;

/** Largest inputs that are remembered. To make larger ones again takes little beside their run, and memory counts for more there. */
const MOST_BYTES = 8 * 2 ** 20;

/**
 * Gives the same inputs for the same media, while they are among the last ones. Small inputs that are made for each run are garbage of
 * several megabytes a step, outside the JavaScript heap, and V8 then collects the whole heap again and again.
 *
 * @param make is called for media that are not remembered. Nobody may write to its results.
 */
export function rememberInputs(make: MakeInputs): MakeInputs {
  const last: { readonly media: readonly EncodedMedia[]; readonly inputs: HostTensors }[] = [];
  return (media) => {
    const place = last.findIndex((entry) => areSame(entry.media, media));
    const [entry] =
      place >= 0 ? last.splice(place, 1) : [{ media: [...media], inputs: make(media) }];
    if (bytesOf(entry!.inputs) <= MOST_BYTES) last.unshift(entry!);
    if (last.length > PLACES) last.pop();
    return entry!.inputs;
  };
}

function areSame(some: readonly EncodedMedia[], others: readonly EncodedMedia[]): boolean {
  return some.length === others.length && some.every((one, place) => one === others[place]);
}

function bytesOf(inputs: HostTensors): number {
  return Object.values(inputs).reduce((sum, { data }) => sum + data.byteLength, 0);
}
