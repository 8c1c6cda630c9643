import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { html } from '../../src/page/html.ts';
import { panelSvg, seriesOf, smoothed } from '../../src/report/curves.ts';
import { pictureUri, spread } from '../../src/report/frames.ts';
import { categoriesOf, mapSvg } from '../../src/report/maps.ts';

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

  test('a panel becomes an SVG with its title and a line for each series, the same each time', async () => {
    const series = [seriesOf(records, 'reward', 'reward'), seriesOf(records, 'other', 'other')];
    const draw = () => panelSvg({ title: 'Reward', series }, { width: 480, height: 240 });
    const svg = await draw();
    expect(svg).toMatch(/^<svg[^>]*xmlns/);
    expect(svg).toContain('Reward');
    expect(svg).toContain('#0072b2');
    expect(svg).toContain('#d55e00');
    expect((await draw()).replaceAll(/zr\d+/g, '')).toBe(svg.replaceAll(/zr\d+/g, ''));
  });
});

describe('maps', () => {
  test('draws one dot an object, higher rows further up, and names what is off the grid', () => {
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
  });

  test('categories are sorted and named once', () => {
    expect(categoriesOf([{ sofa: [], bed: [] }, undefined, { bed: [] }])).toEqual(['bed', 'sofa']);
  });
});

describe('frames', () => {
  test('spreads indices with both ends', () => {
    expect(spread(3, 9)).toEqual([0, 4, 8]);
    expect(spread(4, 2)).toEqual([0, 1]);
    expect(spread(1, 5)).toEqual([0]);
  });

  test('a picture becomes a JPEG data URI, scaled down when it is wide', async () => {
    const picture = { width: 40, height: 20, pixels: new Uint8Array(2400).fill(200) };
    const uri = await pictureUri(picture, 20);
    const bytes = Buffer.from(uri.slice('data:image/jpeg;base64,'.length), 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 20, height: 10 });
  });
});
