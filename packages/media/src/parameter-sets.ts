/** Parameter sets of H.264 and HEVC streams that carry them among their pictures (ISO/IEC 14496-10 and 23008-2, Annex B). */

/** Types of units that are pictures, or parts of them. */
const isPicture = {
  avc: (head: number) => (head & 31) >= 1 && (head & 31) <= 5,
  hevc: (head: number) => ((head >> 1) & 63) < 32,
};

/**
 * What stands before the first picture of a packet: a later key packet may come without it, and a decoder cannot begin there.
 *
 * @returns undefined when there is nothing, or no picture.
 */
export function parameterSets(packet: Uint8Array, codec: 'avc' | 'hevc'): Uint8Array | undefined {
  for (let at = 0; at + 3 < packet.length; at++) {
    const starts = packet[at] === 0 && packet[at + 1] === 0 && packet[at + 2] === 1;
    if (starts && isPicture[codec](packet[at + 3]!)) {
      return at > 0 ? packet.subarray(0, at) : undefined;
    }
  }
  return undefined;
}
