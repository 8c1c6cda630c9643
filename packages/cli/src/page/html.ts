/** Text that is HTML already: made by `html` and `trusted` only, so that whatever a model wrote is escaped on its way in. */
export interface Html {
  readonly markup: string;
}

type Insertion = Html | readonly Html[] | string | number;

/** Declares text that is known to be markup, such as an SVG that we drew. */
export function trusted(markup: string): Html {
  return { markup };
}

/** A template tag that escapes every inserted string. */
export function html(strings: TemplateStringsArray, ...insertions: readonly Insertion[]): Html {
  let markup = strings[0] ?? '';
  insertions.forEach((insertion, index) => {
    markup += render(insertion) + (strings[index + 1] ?? '');
  });
  return { markup };
}

/** Replaces the five characters that mean something in HTML and XML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function render(insertion: Insertion): string {
  if (typeof insertion === 'string') return escapeHtml(insertion);
  if (typeof insertion === 'number') return String(insertion);
  if ('markup' in insertion) return insertion.markup;
  return insertion.map(({ markup }) => markup).join('');
}
