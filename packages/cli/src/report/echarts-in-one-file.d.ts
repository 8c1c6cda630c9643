/** Types of the published bundle of echarts, which has none of its own. */
declare module 'echarts/dist/echarts.esm.min' {
  export { init } from 'echarts';
}
