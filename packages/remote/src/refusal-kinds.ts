/** Finds the subject of a server's refusal in its codes and words. Statuses alone do not show it: many servers send 500 or 200 for everything. */
import type { ServerError } from './server-error.ts';

/** Subjects of refusals that no further attempt changes. */
export type RefusalKind =
  'key' | 'quota' | 'stream' | 'images' | 'media' | 'context' | 'content' | 'setting' | 'model';

interface Signs {
  readonly codes?: RegExp;
  readonly words: RegExp;
}

/** The first one that matches counts. */
const SIGNS: readonly (readonly [RefusalKind, Signs])[] = [
  [
    'key',
    {
      codes:
        /(?:invalid|incorrect|missing|expired)_?api_?key|authentication_?error|^unauthor|^unauthenticated/iu,
      words:
        /\b(?:invalid|incorrect|wrong|missing|expired|revoked|no)\b[^.]{0,24}\b(?:api[ _-]?key|access token|authorization header|credentials)|api[ _-]?key (?:not valid|is (?:invalid|missing|required)|expired)|authentication (?:failed|required)/iu,
    },
  ],
  [
    'quota',
    {
      codes: /insufficient_?(?:quota|balance|credits?|funds)|billing|payment_?required/iu,
      words:
        /insufficient (?:quota|balance|credits?|funds)|exceeded your current quota|out of credits|billing (?:hard )?limit|account (?:is|has been) (?:suspended|deactivated)/iu,
    },
  ],
  [
    'stream',
    {
      words:
        /stream(?:ing|_options)?\b[^.]{0,40}(?:not (?:supported|available|allowed|enabled|permitted)|unsupported|must be false)|(?:does not|doesn't|cannot) (?:support )?stream/iu,
    },
  ],
  [
    'images',
    {
      words:
        /\b(?:at most|up to|only|maximum of|limit of|more than|exceeds?|max(?:imum)?) \d+ (?:images?|videos?|pictures?)|too many (?:images|videos|pictures)|limit[_-]mm[_-]per[_-]prompt|(?:number of|maximum|max) (?:images|videos)/iu,
    },
  ],
  [
    'media',
    {
      words:
        /(?:does not|doesn't|not) (?:support|accept)[^.]{0,24}(?:image|video|vision|multi-?modal)|not a multi-?modal|(?:image|video|vision|image_url)(?: inputs?| content)? (?:is|are) not (?:supported|enabled|allowed)|mmproj/iu,
    },
  ],
  [
    'context',
    {
      codes: /context_?length|prompt_?too_?long|string_above_max|(?:request|payload)_too_large/iu,
      words:
        /context (?:length|window|size|limit)|maximum context|max_model_len|maximum model length|(?:prompt|input|request)\b[^.]{0,24}\btoo (?:long|large)|too many (?:input |prompt )?tokens|reduce the length|tokens must be reduced|exceeds? the (?:maximum |max )?(?:number of )?(?:allowed )?tokens/iu,
    },
  ],
  [
    'content',
    {
      codes:
        /content_?(?:policy|filter|management)|policy_?violation|safety|moderation|data_inspection_failed/iu,
      words:
        /content[ _](?:policy|filter|management)|safety (?:system|policy|filter|settings)|usage polic|responsible ai|flagged by moderation|prohibited content|inappropriate content/iu,
    },
  ],
  [
    'setting',
    {
      codes:
        /unsupported_?(?:parameter|value)|(?:unknown|unrecognized)_?parameter|extra_forbidden/iu,
      words:
        /unsupported (?:parameter|value)|un(?:recognized|known) (?:request )?(?:argument|parameter|field)|extra (?:inputs|fields) (?:are )?not permitted/iu,
    },
  ],
  [
    'model',
    {
      codes: /(?:model|deployment)_?not_?found|^(?:unknown|invalid)_?model/iu,
      words:
        /\bmodel\b[^.]{0,160}?(?:not found|does not exist|doesn't exist|not (?:loaded|served|available))|(?:no such|unknown|invalid) model\b|no models? (?:is |are )?(?:named|called|loaded|found)/iu,
    },
  ],
];

/** Kinds whose signs also occur in messages about a rate or an overload. Those messages then count as passing. */
const DOUBTFUL: ReadonlySet<RefusalKind> = new Set(['quota', 'model', 'stream', 'images', 'media']);

const PASSING: Signs = {
  codes:
    /rate_?limit|too_?many_?requests|overload|unavailable|resource_?exhausted|throttl|time_?out/iu,
  words:
    /rate.?limit|too many requests|overloaded|(?:try again|retry) (?:later|in\b|after|shortly|soon|your request)|temporar(?:y|ily)|(?:still|currently|is) loading|loading model|(?:server|service|system|model|engine) is (?:too )?busy|at capacity|throttl|timed out|unavailable|warming up/iu,
};

const REFUSED: Signs = {
  codes:
    /bad_?request|invalid_?(?:request|argument)|validation|unprocessable|not_?found|permission|forbidden|not_?implemented/iu,
  words:
    /bad ?request|unprocessable|(?:validation|value) ?error|^\W*(?:not found|unauthorized|forbidden|method not allowed)\b/iu,
};

/** An HTTP status within words: `Error code: 400 - …`, as proxies write it. */
const STATUS_IN_WORDS =
  /\b(?:error code|status(?:[ _]code)?|http(?:\/[\d.]+)?(?: error)?)\W{0,3}([45]\d\d)\b/iu;

/** Whether another attempt may succeed, by the codes and words alone. */
export function soundsPassing(error: ServerError): boolean {
  return fits(PASSING, error);
}

/** Whether codes or words blame the request. */
export function soundsRefused(error: ServerError): boolean {
  return fits(REFUSED, error);
}

/** The HTTP status that the words name; undefined for none. */
export function statusInWords({ words }: ServerError): number | undefined {
  const status = STATUS_IN_WORDS.exec(words)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** The subject of a lasting refusal; undefined where nothing shows it, and where the error sounds as if it passes. */
export function refusalKind(error: ServerError): RefusalKind | undefined {
  const { parameter = '' } = error;
  if (/^stream/u.test(parameter)) return 'stream';
  const kind = SIGNS.find(([, signs]) => fits(signs, error))?.[0];
  if (kind === undefined || !DOUBTFUL.has(kind) || hasCode(kind, error)) return kind;
  return soundsPassing(error) ? undefined : kind;
}

/** Whether a code names the kind. Words alone may describe something that passes. */
export function hasCode(kind: RefusalKind, { codes }: ServerError): boolean {
  const signs = SIGNS.find(([name]) => name === kind)?.[1].codes;
  return signs !== undefined && codes.some((code) => signs.test(code));
}

function fits(
  { codes: codeSigns, words: wordSigns }: Signs,
  { codes, words }: ServerError,
): boolean {
  return (
    (codeSigns !== undefined && codes.some((code) => codeSigns.test(code))) || wordSigns.test(words)
  );
}
