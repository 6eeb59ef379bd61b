/** docs/tutorial.md quotes what `npm run new:flow -- email-confirmation` makes, and draws what it is. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Checkout, copyOfCheckout } from './checkout.ts';

jest.setTimeout(60_000);

const NAME = 'email-confirmation';
let checkout: Checkout;
let tutorial: string;

beforeAll(async () => {
  checkout = copyOfCheckout();
  tutorial = checkout.read('docs/tutorial.md');
  expect(await checkout.newFlow(NAME)).toMatchObject({ code: 0 });
});
afterAll(() => checkout.remove());

interface Block {
  /** What the comment before it says of its source, as `from: file`. */
  what: string;
  file: string;
  language: string;
  code: string;
}

const fence = /(?:<!-- (from): (\S+) -->\n)?^```(\w+)\n([\s\S]*?)^```$/gm;
const blocks = (): Block[] =>
  [...tutorial.matchAll(fence)].map(([, what = '', file = '', language = '', code = '']) => ({
    ...{ what, file, language, code },
  }));

/** Without the indentation that all lines have in common: a quotation may begin in the middle of a block. */
function flush(code: string): string {
  const lines = code.trimEnd().split('\n');
  const depths = lines.filter((line) => line !== '').map((line) => line.search(/\S/));
  return lines.map((line) => line.slice(Math.min(...depths))).join('\n');
}

/** Whether some consecutive lines of a text are these. */
function quotes(text: string, code: string): boolean {
  const [lines, wanted] = [text.split('\n'), flush(code)];
  const count = wanted.split('\n').length;
  return lines.some((_, index) => flush(lines.slice(index, index + count).join('\n')) === wanted);
}

test('every piece of code is in its file, word for word', () => {
  const wrong = blocks()
    .filter(({ what }) => what === 'from')
    .filter(({ file, code }) => !quotes(checkout.read(file), code))
    .map(({ file, code }) => `${file} has no such lines:\n${code}`);
  expect(wrong).toEqual([]);
});

test('only commands have no source', () => {
  const loose = blocks().filter(({ what, language }) => what === '' && language !== 'sh');
  expect(loose).toEqual([]);
  expect(blocks().filter(({ what }) => what !== '').length).toBeGreaterThan(20);
});

test('the picture is that of the definition, with its figures', async () => {
  const shown = [...tutorial.matchAll(/!\[[^\]]{40,}\]\((machines\/[\w-]+\.svg)\)/g)].map(([, file]) => file);
  expect(shown).toEqual([`machines/${NAME}.svg`]);
  const { code, output } = await checkout.run(['operations/draw.ts', NAME]);
  expect(code).toBe(0);
  expect(output).toBe(checkout.read(`docs/machines/${NAME}.svg`));
});

test('every command is one that there is, and every file and heading that a link leads to', () => {
  const { scripts } = JSON.parse(checkout.read('package.json')) as { scripts: object };
  const commands = blocks().flatMap(({ language, code }) => (language === 'sh' ? [code] : []));
  const named = [...commands.join('\n').matchAll(/npm run -s ([\w:]+)/g)].map(([, script]) => script);
  expect(named.length).toBeGreaterThan(3);
  for (const script of named) expect(Object.keys(scripts)).toContain(script);
  const headings = [...tutorial.matchAll(/^## (.+)$/gm)].map(([, title = '']) => slug(title));
  for (const [, link = ''] of tutorial.matchAll(/\]\(([^)]+)\)/g)) {
    if (link.startsWith('#')) expect(headings).toContain(link.slice(1));
    else expect(readable(new URL(link, 'file:///docs/').pathname.slice(1))).toBe(true);
  }
});

const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

function readable(file: string): boolean {
  try {
    checkout.read(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
