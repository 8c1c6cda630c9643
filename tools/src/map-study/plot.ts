/** The picture of the study: scores and how well they separate maps, against displacement. SVG text, drawn by echarts on the host. */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** A line over the displacements 0, 1, 2, …; with a band where `low` and `high` are given. */
export interface Line {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
  readonly dashed?: boolean;
  /** Left out of the legend. */
  readonly unlisted?: boolean;
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** One panel. */
export interface Panel {
  readonly title: string;
  /** Displacement of the first value. */
  readonly from: number;
  readonly least: number;
  readonly lines: readonly Line[];
}

const WIDTH = 380;
const HEIGHT = 340;

/** Draws panels side by side under one title. The same panels give the same text. */
export function panelsSvg(title: string, panels: readonly Panel[]): string {
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH * panels.length,
    height: HEIGHT,
  });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: [
      { text: title, left: 12, top: 6, textStyle: { fontSize: 14, fontWeight: 600 } },
      ...panels.map(({ title: text }, index) => ({
        text,
        left: index * WIDTH + 46,
        top: 32,
        textStyle: { fontSize: 12, fontWeight: 600 },
      })),
    ],
    legend: panels.map(({ lines }, index) => ({
      left: index * WIDTH + 40,
      width: WIDTH - 50,
      top: 50,
      itemWidth: 14,
      itemHeight: 3,
      itemGap: 22,
      icon: 'rect',
      textStyle: { fontSize: 10 },
      data: lines.filter(({ unlisted }) => unlisted !== true).map(({ name }) => keyOf(index, name)),
      formatter: (key: string) => key.slice(key.indexOf(':') + 1),
    })),
    grid: panels.map((_, index) => ({
      left: index * WIDTH + 46,
      width: WIDTH - 66,
      top: 96,
      bottom: 44,
    })),
    xAxis: panels.map(({ from, lines }, index) => ({
      type: 'value',
      gridIndex: index,
      name: 'cells that every object is displaced by',
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: { fontSize: 10 },
      min: from,
      max: from + Math.max(...lines.map(({ values }) => values.length)) - 1,
      interval: 1,
      splitLine: { show: false },
    })),
    yAxis: panels.map(({ least }, index) => ({
      type: 'value',
      gridIndex: index,
      min: least,
      max: 1,
      interval: 0.2,
      axisLabel: { formatter: (value: number) => value.toFixed(1).replace('-', '−') },
    })),
    series: panels.flatMap((panel, index) =>
      panel.lines.flatMap((line) => series(panel, index, line)),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${withoutInteraction(svg)}\n`;
}

const keyOf = (panel: number, name: string): string => `${panel}:${name}`;

function series({ from }: Panel, index: number, line: Line): readonly object[] {
  const { name, color, values, dashed = false, band } = line;
  const points = (of: readonly number[]) => of.map((value, step) => [from + step, value]);
  const common = { type: 'line', xAxisIndex: index, yAxisIndex: index, showSymbol: false };
  const edge = {
    ...common,
    lineStyle: { opacity: 0 },
    stack: `${index}:${name}`,
    stackStrategy: 'all',
  };
  const area = band && [
    { ...edge, data: points(band.low) },
    {
      ...edge,
      data: points(band.high.map((high, step) => high - band.low[step]!)),
      areaStyle: { color: color, opacity: 0.18 },
    },
  ];
  return [
    ...(area ?? []),
    {
      ...common,
      name: keyOf(index, name),
      color: color,
      data: points(values),
      lineStyle: { width: 1.8, type: dashed ? 'dashed' : 'solid' },
    },
  ];
}

/** Leaves out what echarts adds for a live page, hover styles and data indices, and the number of the chart in names. */
function withoutInteraction(svg: string): string {
  return svg
    .replace(/<style[^]*?<\/style>/, '')
    .replaceAll(/ (?:class|ecmeta_\w+)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, 'zr-');
}
