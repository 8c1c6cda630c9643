/** Formats sizes in powers of 1000, as disks and downloads count them. */

const UNITS: readonly string[] = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** @example sizeText(4_260_000_000) // '4.3 GB' */
export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]!}`;
}
