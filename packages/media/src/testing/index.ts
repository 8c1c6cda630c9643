/** Small videos for tests of readers. */
export * from './tiny-video.ts';
