/** Text that is HTML. Only `html` and `trusted` make it, so that every other text, such as a model's, is escaped. */
export interface Html {
  readonly markup: string;
}

type Insertion = Html | readonly Html[] | string | number;

/** Declares a text as markup, such as an SVG that Loci drew. */
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

/** Escapes the five special characters of HTML and XML. */
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
