import { describe, expect, test } from '@jest/globals';
import { html } from '../../src/page/html.ts';
import { panelDrawing, panelFile, seriesOf, smoothed } from '../../src/report/curves.ts';
import { chartHtml } from '../../src/report/chart-html.ts';
import { categoriesOf, mapSvg } from '../../src/page/maps.ts';

describe('html', () => {
  test('escapes inserted text and keeps inserted markup', () => {
    const inner = html`<b>${'<script>"&\''}</b>`;
    expect(html`<p>${inner}${[inner]}${3}</p>`.markup).toBe(
      '<p><b>&lt;script&gt;&quot;&amp;&#39;</b><b>&lt;script&gt;&quot;&amp;&#39;</b>3</p>',
    );
  });
});

describe('curves', () => {
  const records = [
    { step: 1, values: { reward: 0.2 } },
    { step: 2, values: { reward: Number.NaN } },
    { step: 3, values: { reward: 0.6, other: 1 } },
  ];

  test('a series keeps finite values at their steps', () => {
    expect(seriesOf(records, 'reward', 'reward').points).toEqual([
      [1, 0.2],
      [3, 0.6],
    ]);
  });

  test('smoothing looks back only', () => {
    const points = [1, 2, 3, 4].map((step) => [step, step] as const);
    expect(smoothed({ name: 'x', points }, 2).points.map(([, value]) => value)).toEqual([
      1, 1.5, 2.5, 3.5,
    ]);
  });

  const series = [seriesOf(records, 'reward', 'reward'), seriesOf(records, 'other', 'other')];
  const panel = { title: 'Reward', series };
  const size = { width: 480, height: 240 };

  test('a panel becomes a file with its title and a line for each series, the same each time', async () => {
    const svg = await panelFile(panel, size);
    expect(svg).toMatch(/^<svg[^>]*xmlns/);
    expect(svg).toContain('Reward');
    expect(svg).toContain('#0072b2');
    expect(svg).toContain('#d55e00');
    expect((await panelFile(panel, size)).replaceAll(/zr\d+/g, '')).toBe(
      svg.replaceAll(/zr\d+/g, ''),
    );
  });

  test('a legend of several rows stands above the curves', async () => {
    const topOf = async (names: readonly string[]): Promise<number> => {
      const points = [[1, 0] as const, [2, 1] as const];
      const svg = await panelFile({ title: 'Reward', series: names.map((name) => ({ name, points })) }, size); // prettier-ignore
      const heights = [...svg.matchAll(/<path d="M\d+\.?\d* (\d+\.?\d*)L\d+\.?\d* \1"/g)];
      expect(heights.length).toBeGreaterThan(2);
      return Math.min(...heights.map(([, y]) => Number(y)));
    };
    const long = 'an arm with a long name';
    expect(await topOf([long, `${long} 2`])).toBe(await topOf(['a', 'b']));
    expect(await topOf([long, `${long} 2`, `${long} 3`])).toBe((await topOf(['a', 'b'])) + 40);
  });

  test('on a page it has the colors of the theme, and no fixed size', async () => {
    const svg = await panelDrawing(panel, size);
    for (const color of ['var(--c0)', 'var(--c1)', 'var(--faint)', 'var(--line)']) {
      expect(svg).toContain(color);
    }
    expect(svg).not.toMatch(/#[0-9a-f]{6}(?!f)/);
    expect(svg).not.toMatch(/^<svg[^>]* width=/);
    const chart = (await chartHtml({ ...panel, note: '<nats>' })).markup;
    expect(chart).toContain('&lt;nats&gt;');
    expect(chart).toContain('0.200 → 0.600');
  });
});

describe('maps', () => {
  test('draws one dot per object, higher rows further up, and names objects off the grid', () => {
    const map = {
      chair: [
        [0, 0],
        [0, 9],
      ],
      '<lamp>': [[12, 3]],
    } as const;
    const svg = mapSvg(map, categoriesOf([map]), 'true map');
    const heights = [...svg.matchAll(/<circle cx="\d+" cy="(\d+)"/g)].map((match) =>
      Number(match[1]),
    );
    expect(heights).toHaveLength(2);
    expect(heights[0]).toBeGreaterThan(heights[1]!);
    expect(svg).toContain('off the grid: &lt;lamp&gt; [12,3]');
    expect(svg).not.toContain('<lamp>');
    const onPage = mapSvg(map, categoriesOf([map]), 'map', { truth: map, onPage: true });
    expect(onPage).toContain('var(--c');
    expect(onPage.match(/stroke-dasharray/g)).toHaveLength(2);
  });

  test('categories are sorted and named once', () => {
    expect(categoriesOf([{ sofa: [], bed: [] }, undefined, { bed: [] }])).toEqual(['bed', 'sofa']);
  });
});
