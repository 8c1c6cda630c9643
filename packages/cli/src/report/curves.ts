/** Training curves as SVG text, drawn by echarts on the host: no canvas, no browser. */
import type { MetricRecord } from '@loci/core';

/** One line of a chart; points in the order of their steps. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [step: number, value: number])[];
}

/** One chart. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

/** Colours that stay apart on white and for the colour-blind (after Okabe and Ito). */
export const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8c564b',
  '#444444',
] as const;

/** The finite values of one metric over the steps at which it was written. */
export function seriesOf(records: readonly MetricRecord[], metric: string, name: string): Series {
  const points = records.flatMap(({ step, values }) => {
    const value = values[metric];
    return value !== undefined && Number.isFinite(value) ? [[step, value] as const] : [];
  });
  return { name, points };
}

/**
 * Mean over a sliding window of `width` points that ends at each point; shorter at the start. The reward of one step is that of a
 * handful of prompts, so its trend is only seen smoothed.
 */
export function smoothed(series: Series, width: number): Series {
  const points = series.points.map(([step], index) => {
    const window = series.points.slice(Math.max(0, index + 1 - width), index + 1);
    return [step, window.reduce((sum, [, value]) => sum + value, 0) / window.length] as const;
  });
  return { name: `mean of ${width} steps`, points };
}

/** Draws one panel. The same panel gives the same text. The first one loads echarts. */
export async function panelSvg(
  panel: Panel,
  size: { readonly width: number; readonly height: number },
): Promise<string> {
  // The bundle: its 580 modules one by one would cost every run 0.4 s more.
  const { init } = await import('echarts/dist/echarts.esm.min');
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  const legend = panel.series.length > 1;
  chart.setOption({
    animation: false,
    color: [...PALETTE],
    backgroundColor: '#ffffff',
    title: { text: panel.title, left: 8, top: 6, textStyle: { fontSize: 14, fontWeight: 600 } },
    ...(legend && {
      legend: {
        top: 28,
        left: 8,
        itemWidth: 14,
        itemHeight: 8,
        itemGap: 26,
        textStyle: { fontSize: 11 },
        icon: 'rect',
      },
    }),
    grid: { left: 56, right: 16, top: legend ? 64 : 40, bottom: 36 },
    xAxis: {
      type: 'value',
      name: 'step',
      nameLocation: 'middle',
      nameGap: 20,
      min: 'dataMin',
      max: 'dataMax',
      splitLine: { show: false },
    },
    yAxis: { type: 'value', scale: true, splitNumber: 4 },
    series: panel.series.map(({ name, points }) => ({
      type: 'line',
      name,
      showSymbol: points.length < 2,
      lineStyle: { width: 1.6 },
      data: points.map((point) => [...point]),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return withoutInteraction(svg);
}

/** Leaves out what echarts adds for a live page: hover styles and data indices. */
export function withoutInteraction(svg: string): string {
  return svg.replace(/<style[^]*?<\/style>/, '').replaceAll(/ (?:class|ecmeta_\w+)="[^"]*"/g, '');
}
