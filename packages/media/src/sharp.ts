/** Sharp of the version that this package brings, for packages that draw or encode pictures. Loading it loads libvips. */
export { default as sharp } from 'sharp';
