/** Starts the page. */
import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme, storedTheme } from './data/theme.ts';
import './styles/base.css';
import './styles/parts.css';
import './styles/curves.css';
import './styles/rollouts.css';
import 'uplot/dist/uPlot.min.css';

applyTheme(storedTheme());
render(<App />, document.getElementById('page')!);
