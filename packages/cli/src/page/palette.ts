/** Colors that differ clearly on white and for color-blind readers (after Okabe and Ito). On a page, its theme has them as `--c0` to `--c7`. */
export const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8c564b',
  '#444444',
] as const;
