/** Name of the dataset that mixes others; a list at `dataset` is short for it. */
export const MIX = 'mix';
