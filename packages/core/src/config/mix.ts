/** Name of the dataset plugin that mixes others; a list at `dataset` is its short form. */
export const MIX = 'mix';
