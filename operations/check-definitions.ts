/** `npm run check:definitions`: may the definitions of this checkout be deployed over these instances? */
import { parseArgs } from 'node:util';
import { command, progress, say } from './command.ts';
import { readMachines } from './machines.ts';
import { report } from './report.ts';
import { openSource, SOURCE_HELP, sourceOptions } from './source.ts';
import { judge, survey } from './survey.ts';

const HELP = `Compares the definitions in state-definitions/ with the states that instances rest in. Changes nothing.

  npm run check:definitions -- SOURCE

${SOURCE_HELP}
The exit status is 0 where every instance rests in a state that its definition knows, 1 where a deploy would strand
some, 2 where that cannot be found out. On AWS the table is found by AWS_REGION, AWS_PROFILE or AWS_ENDPOINT_URL.
`;

await command(HELP, async (args) => {
  const { values } = parseArgs({ args, options: sourceOptions });
  const machines = readMachines(values.definitions);
  const source = await openSource(values);
  try {
    const now = new Date(source.clock.now()).toISOString();
    const found = await survey(source.scan(), { now, progress: progress('items read') });
    const { lines, refused } = report(found, judge(found, machines));
    for (const line of lines) say(line);
    return refused ? 1 : 0;
  } finally {
    source.close();
  }
});
