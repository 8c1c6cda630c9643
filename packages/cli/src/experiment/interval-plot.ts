/** Draws figures with their intervals as SVG text with echarts, one row per arm. */
import { PALETTE } from '../page/palette.ts';
import { withoutInteraction } from '../report/curves.ts';
import type { FigureRow } from './figures.ts';

/** Figures of one measure. */
export interface IntervalPanel {
  readonly title: string;
  /** Name of the figure in each row. */
  readonly measure: string;
}

const WIDTH = 420;
const LABELS = 210;
/** Two lines of a name. */
const ROW = 34;
const FRAME = 90;

/** Draws the panels side by side: a dot per figure, and a line for its interval. The same rows give the same text. */
export async function intervalPlot(
  rows: readonly FigureRow[],
  panels: readonly IntervalPanel[],
): Promise<string> {
  const { init } = await import('echarts/dist/echarts.esm.min');
  const height = FRAME + ROW * rows.length;
  const width = LABELS + WIDTH * panels.length;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const titles = rows.map(({ title }) => title);
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: panels.map(({ title }, index) => ({
      text: title,
      left: LABELS + index * WIDTH,
      top: 8,
      textStyle: { fontSize: 13, fontWeight: 600 },
    })),
    grid: panels.map((_, index) => ({
      left: LABELS + index * WIDTH,
      width: WIDTH - 40,
      top: 40,
      bottom: 36,
    })),
    xAxis: panels.map((_, index) => ({
      type: 'value',
      gridIndex: index,
      scale: true,
      splitNumber: 4,
    })),
    yAxis: panels.map((_, index) => ({
      type: 'category',
      gridIndex: index,
      inverse: true,
      data: titles,
      axisLabel: { show: index === 0, width: LABELS - 20, overflow: 'break' },
      axisTick: { show: false },
    })),
    series: panels.flatMap(({ measure }, index) => series(rows, measure, index)),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return withoutInteraction(svg);
}

function series(rows: readonly FigureRow[], measure: string, index: number): readonly object[] {
  const axes = { xAxisIndex: index, yAxisIndex: index, color: PALETTE[index % PALETTE.length] };
  const there = rows.flatMap(({ title, figures }) => {
    const figure = figures[measure];
    return figure === undefined ? [] : [{ title, figure }];
  });
  const lines = there
    .filter(({ figure }) => !Number.isNaN(figure.low))
    .map(({ title, figure: { low, high } }) => ({
      ...axes,
      type: 'line',
      showSymbol: false,
      lineStyle: { width: 2 },
      data: [low, high].map((end) => [end, title]),
    }));
  const dots = {
    ...axes,
    type: 'scatter',
    symbolSize: 8,
    data: there.map(({ title, figure }) => [figure.value, title]),
  };
  return [...lines, dots];
}
