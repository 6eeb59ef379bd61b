/** `npm run check:definitions`: may the definitions of this checkout be deployed over these instances? */
import { parseArgs } from 'node:util';
import { command, progress, say } from './command.ts';
import { readMachines } from './machines.ts';
import { report } from './report.ts';
import { openSource, SOURCE_HELP, type Source, type SourceValues, sourceOptions } from './source.ts';
import { NotDeployed } from './stack.ts';
import { judge, survey } from './survey.ts';

const HELP = `Compares the definitions in state-definitions/ with the states that instances rest in. Changes nothing.

  npm run check:definitions -- SOURCE

${SOURCE_HELP}
The exit status is 0 where every instance rests in a state that its definition knows, 1 where a deploy would strand
some, 2 where that cannot be found out. A stack that is not there yet passes: a first deployment strands nothing.
On AWS stack and table are found by AWS_REGION, AWS_PROFILE or AWS_ENDPOINT_URL.
`;

/** @returns undefined where nothing has been deployed, which is said. */
async function open(values: SourceValues): Promise<Source | undefined> {
  try {
    return await openSource(values);
  } catch (error) {
    if (!(error instanceof NotDeployed)) throw error;
    say(
      `${error.message} A first deployment can strand nothing. If there should be one, check the name and AWS_REGION.`,
    );
    return undefined;
  }
}

await command(HELP, async (args) => {
  const { values } = parseArgs({ args, options: sourceOptions });
  const machines = readMachines(values.definitions);
  const source = await open(values);
  if (!source) return 0;
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
