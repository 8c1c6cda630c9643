/** Small text files that git leaves in the place of large ones where its extension LFS is not installed. */

/** How such a file begins. Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
export const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** What is wrong with such a file, and what to do. */
export const LFS_ADVICE =
  'is a pointer of git-lfs, not the file itself: run `git lfs pull` in its folder, or download it anew';
