/** Exports sharp, so that packages that draw or encode pictures use the version of this one. Loading it loads libvips. */
export { default as sharp } from 'sharp';
