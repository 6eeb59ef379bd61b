/** `npm run draw`, and the pictures that it has drawn. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { type Graph, graphOf } from '../../core/graph.ts';
import { flowNames, flowSettings, flowsOf } from '../../flows/index.ts';
import { copyOfCheckout } from '../examples/checkout.ts';
import { temporaryFolder } from '../support/tables.ts';
import { run } from './support.ts';
import { textsOf, wellFormed } from './xml.ts';

jest.setTimeout(60_000);

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'docs/machines');
const flows = flowsOf(flowSettings());
const { path, remove } = temporaryFolder();
afterAll(remove);

const picture = (name: string) => readFileSync(join(folder, `${name}.svg`), 'utf8');

/** Every name that a reader looks for. */
const wordsOf = ({ states, edges }: Graph): string[] => [
  ...states.map(({ name }) => name),
  ...edges.flatMap(({ ways }) => ways.flatMap(({ event, outcomes }) => [event, ...outcomes])),
];

/** Those that have a picture: a new flow needs none to begin with. */
const drawn = flowNames.filter((name) => readdirSync(folder).includes(`${name}.svg`));

test('pictures are of flows and of the example of the tutorial, and README.md shows the first in words too', () => {
  const example = 'email-confirmation';
  expect(readdirSync(folder).sort()).toEqual([...drawn, example].map((name) => `${name}.svg`).sort());
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const shown = [...readme.matchAll(/!\[([^\]]*)\]\(docs\/machines\/([\w-]+)\.svg\)/g)];
  expect(shown.map(([, , name]) => name).sort()).toEqual([...drawn].sort());
  for (const [, words = ''] of shown) expect(words.length).toBeGreaterThan(40);
});

describe.each(drawn)('the picture of %s', (name) => {
  test('is that of the definition', async () => {
    const { code, stdout, stderr } = await run('draw', [name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    if (stdout !== picture(name)) {
      throw new Error(`docs/machines/${name}.svg is of another definition: npm run draw -- --write ${name}`);
    }
  });

  test('is well-formed, and an SVG file of its own', () => {
    const svg = picture(name);
    expect(wellFormed(svg)).toBe(true);
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 \d+ \d+"[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg")/);
  });

  test('says every state, event and outcome', () => {
    const words = new Set(textsOf(picture(name)).flatMap((text) => text.split(/ (?:\/|→) | \/|→ /)));
    const missing = wordsOf(graphOf(flows[name].definition)).filter((word) => !words.has(word));
    expect(missing).toEqual([]);
  });
});

describe('what is drawn', () => {
  test('a definition by its path', async () => {
    const example = 'examples/email-confirmation/state-definitions/email-confirmation.asl.json';
    const { code, stdout } = await run('draw', [join(root, example)]);
    expect(code).toBe(0);
    expect(wellFormed(stdout)).toBe(true);
    const definition = JSON.parse(readFileSync(join(root, example), 'utf8'));
    for (const word of wordsOf(graphOf(definition))) expect(stdout).toContain(word);
    expect(stdout).toContain('The machine of email-confirmation');
  });

  test('names are text, whatever is in them', async () => {
    const hostile = '<a> & "b" ]]>';
    const text = readFileSync(join(root, 'state-definitions/checkout.asl.json'), 'utf8');
    const file = join(path, 'hostile.asl.json');
    writeFileSync(file, text.replaceAll('"Fulfilled"', JSON.stringify(hostile)));
    const { code, stdout } = await run('draw', [file]);
    expect(code).toBe(0);
    expect(wellFormed(stdout)).toBe(true);
    expect(textsOf(stdout)).toContain(hostile);
  });

  test('--write writes what another definition is', async () => {
    const checkout = copyOfCheckout();
    try {
      const definition = 'state-definitions/checkout.asl.json';
      checkout.write(definition, checkout.read(definition).replaceAll('"OutOfStock"', '"SoldOut"'));
      const draw = (...args: string[]) => checkout.run(['operations/draw.ts', ...args]);
      const { output } = await draw('checkout');
      expect(textsOf(output)).toContain('SoldOut');
      expect(await draw('--write')).toEqual({
        code: 0,
        output: flowNames.map((name) => `docs/machines/${name}.svg\n`).join(''),
      });
      expect(checkout.read('docs/machines/checkout.svg')).toBe(output);
      for (const name of drawn.filter((one) => one !== 'checkout'))
        expect(checkout.read(`docs/machines/${name}.svg`)).toBe(picture(name));
    } finally {
      checkout.remove();
    }
  });
});

describe('asked wrongly', () => {
  const known = flowNames.join(', ');
  writeFileSync(join(path, 'broken.asl.json'), '{');
  writeFileSync(join(path, 'other.asl.json'), '{}');

  test.each([
    [[], `Name one flow: ${known}. Or give --write.`],
    [['payment', 'checkout'], `Name one flow: ${known}`],
    [['nope'], `There is no nope. The flows are ${known}.`],
    [['--write', 'payment', 'nope'], 'There is no nope.'],
    [['--write', 'a.asl.json'], '--write takes names of flows'],
    [['--out'], '--out'],
    [[join(path, 'broken.asl.json')], 'is no definition'],
    [[join(path, 'other.asl.json')], 'is no definition'],
  ])('%j: the help, and status 2', async (args, message) => {
    const { code, stdout, stderr } = await run('draw', args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('npm run -s draw -- FLOW');
  });

  test('--help', async () => {
    const { code, stdout, stderr } = await run('draw', ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(known);
  });
});
