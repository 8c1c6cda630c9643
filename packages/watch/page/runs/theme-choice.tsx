/** Lets the user choose between a light theme, a dark theme and that of the system. */
import { useState } from 'preact/hooks';
import { applyTheme, storedTheme } from '../data/theme.ts';
import type { Theme } from '../data/theme.ts';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['auto', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** A choice of three. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <label class="theme">
      <span class="hidden">Colors</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          const chosen = currentTarget.value as Theme;
          applyTheme(chosen);
          setTheme(chosen);
          dispatchEvent(new Event('themechange'));
        }}
      >
        {THEMES.map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
