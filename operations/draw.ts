/** `npm run draw`: the picture of a machine, from its definition. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { svgOf } from '../client/drawing/svg.ts';
import type { Definition } from '../core/definition.ts';
import { graphOf } from '../core/graph.ts';
import { type FlowName, flowNames, flowSettings, flowsOf } from '../flows/index.ts';
import { command, say, UsageError } from './command.ts';

const HELP = `Draws the machine of a flow from its definition: its states, and the events and outcomes that lead from one to another.
Changes nothing but the pictures.

  npm run -s draw -- FLOW             prints the picture, an SVG file
  npm run draw -- --write [FLOW ...]  writes docs/machines/FLOW.svg, of all flows where none is named

The flows are ${flowNames.join(', ')}. What stands in state-definitions/ under another name is drawn too, and so is any
definition that is given as a path to its .asl.json file.
The exit status is 0 where it was done, 2 where not.
`;

const root = join(import.meta.dirname, '..');
const ENDING = '.asl.json';
const css = () => readFileSync(join(root, 'client/drawing/machine.css'), 'utf8');

function draw(given: string): string {
  const name = basename(given, ENDING);
  return svgOf(graphOf(definitionOf(given)), `The machine of ${name}`, css());
}

/** With the figures of the flow, where it is one of ours. */
function definitionOf(given: string): Definition {
  if (flowNames.includes(given as FlowName)) return flowsOf(flowSettings())[given as FlowName].definition;
  const path = given.endsWith(ENDING) ? given : join(root, 'state-definitions', `${given}${ENDING}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`There is no ${given}. The flows are ${flowNames.join(', ')}.`);
  }
  try {
    const definition = JSON.parse(text) as Partial<Definition>;
    if (definition.StartAt !== undefined && definition.States) return definition as Definition;
  } catch {}
  throw new UsageError(`${given} is no definition in the States Language.`);
}

await command(HELP, async (args) => {
  const options = { write: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (!values.write) {
    const [given, ...more] = positionals;
    if (given === undefined || more.length > 0) {
      throw new UsageError(`Name one flow: ${flowNames.join(', ')}. Or give --write.`);
    }
    process.stdout.write(draw(given));
    return 0;
  }
  if (positionals.some((one) => one.endsWith(ENDING)))
    throw new UsageError('--write takes names of flows, no paths.');
  // All of them are drawn before any is written.
  const pictures = (positionals.length > 0 ? positionals : flowNames).map(
    (name) => [name, draw(name)] as const,
  );
  mkdirSync(join(root, 'docs/machines'), { recursive: true });
  for (const [name, picture] of pictures) {
    writeFileSync(join(root, `docs/machines/${name}.svg`), picture);
    say(`docs/machines/${name}.svg`);
  }
  return 0;
});
