/** Colors of charts under the current theme, read from the style sheet: a canvas has no CSS variables. */
export interface ChartColors {
  readonly ink: string;
  readonly grid: string;
  readonly lines: readonly string[];
}

/** After Okabe and Ito (2008), apart for the color-blind; darker on white, lighter on black. */
const ON_LIGHT = [
  '#0b68a8',
  '#c2410c',
  '#00795c',
  '#a8488a',
  '#8a6d00',
  '#2b8fc7',
  '#7a4a3a',
  '#444c56',
];
const ON_DARK = [
  '#5db2f0',
  '#ff9248',
  '#3ec9a0',
  '#e28fc4',
  '#e6c14a',
  '#8fd3ff',
  '#c99a86',
  '#b8c0cc',
];

/** The colors for charts in an element of the page. */
export function colorsOf(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const isDark = style.getPropertyValue('--is-dark').trim() === '1';
  return {
    ink: style.getPropertyValue('--faint').trim(),
    grid: style.getPropertyValue('--line').trim(),
    lines: isDark ? ON_DARK : ON_LIGHT,
  };
}

/** Colors of categories, by their order. */
export function colorOf(index: number): string {
  return `var(--c${index % ON_LIGHT.length})`;
}
