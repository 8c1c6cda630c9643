/** Small videos to test readers with. */
export * from './tiny-video.ts';
