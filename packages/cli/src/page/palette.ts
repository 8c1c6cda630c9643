/** Colors that stay apart on white and for the color-blind (after Okabe and Ito). On a page they are `--c0` to `--c7` of its theme. */
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
