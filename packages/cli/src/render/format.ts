/** Formats numbers and durations for people. Only this module decides the number of digits. */

/** `0.734`, `12.3`, `1234`, `1.2e-5`; `–` for a value that is not finite. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return value.toExponential(1);
  if (size < 10) return value.toFixed(3);
  return size < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** A figure with its sign, for differences: `+0.042`. */
export function formatDifference(value: number): string {
  return value >= 0 ? `+${formatFigure(value)}` : formatFigure(value);
}

/** A share as percent with one digit, without the sign: `45.6`; `–` for a value that is not finite. */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? (100 * share).toFixed(1) : '–';
}

/** `0.734 [0.702, 0.765]`: an estimate with its 95 % interval. */
export function formatInterval(mean: number, low: number, high: number): string {
  return `${formatFigure(mean)}${formatBounds(low, high, formatFigure)}`;
}

/** ` [low, high]`; empty without an interval, as for a single item. Files store NaN as null. */
export function formatBounds(
  low: number | null,
  high: number | null,
  format: (value: number) => string,
): string {
  if (low === null || high === null || Number.isNaN(low) || Number.isNaN(high)) return '';
  return ` [${format(low)}, ${format(high)}]`;
}

/** Milliseconds as `3 s`, `2 min 05 s`, `1 h 04 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}
