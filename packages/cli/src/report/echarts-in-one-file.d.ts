/** The published bundle of echarts has no types of its own: they are those of its modules. */
declare module 'echarts/dist/echarts.esm.min' {
  export { init } from 'echarts';
}
