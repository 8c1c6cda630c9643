export { bundledPlugins } from './compose.ts';
export { DEFAULTS } from './defaults.ts';
export { writeReport } from './report/write-report.ts';
