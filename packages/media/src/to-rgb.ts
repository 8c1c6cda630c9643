/** Converts to RGB exactly as Pillow's `convert('RGB')` and Qwen's own reader (`to_rgb` of qwen_vl_utils) do. */

/** a / 255, rounded, for a up to 255 · 255. */
function divideBy255(value: number): number {
  const half = value + 128;
  return ((half >> 8) + half) >> 8;
}

/** RGBA on a white background. */
export function overWhite(rgba: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    const opacity = rgba[from + 3]!;
    const white = 255 * (255 - opacity);
    for (let channel = 0; channel < 3; channel++) {
      pixels[to++] = divideBy255(white + rgba[from + channel]! * opacity);
    }
  }
  return pixels;
}

/** Converts inks to light without a profile: white less black and the ink. */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4) {
    const light = 255 - cmyk[from + 3]!;
    for (let ink = 0; ink < 3; ink++) {
      pixels[to++] = Math.max(0, light - divideBy255(cmyk[from + ink]! * light));
    }
  }
  return pixels;
}

/**
 * RGB of pixels of 1 to 4 channels: gray, gray with transparency, color, color with transparency. Transparency is dropped.
 */
export function withoutAlpha(source: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return source;
  const count = source.length / channels;
  const pixels = new Uint8Array(count * 3);
  for (let pixel = 0; pixel < count; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * pixel + channel] = source[pixel * channels + (channels < 3 ? 0 : channel)]!;
    }
  }
  return pixels;
}
