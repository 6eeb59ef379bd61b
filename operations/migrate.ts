/** `npm run migrate`: moves instances out of states that have another name now. */
import { parseArgs } from 'node:util';
import { systemRandomness } from '../adapters/system.ts';
import { command, many, progress, say, UsageError } from './command.ts';
import { flowOf } from './flows.ts';
import { readMachines } from './machines.ts';
import { moveAll, type Tally } from './move.ts';
import { examples } from './report.ts';
import { openSource, SOURCE_HELP, sourceOptions } from './source.ts';
import { judge, survey } from './survey.ts';

const HELP = `Moves instances to the states that state-definitions/migrations.json names. Shows only, until told to apply.

  npm run migrate -- SOURCE [--apply]

${SOURCE_HELP}  --apply            move them: each in one transaction, with its version and its place in the history

It may be broken off and repeated; events may come in between. The exit status is 0, 1 where some could not be moved, 2
where it could not be tried.
`;

const told = ({ moved, settled, unsuited, conflict }: Tally, to: string): string =>
  [
    `  ${moved} moved`,
    ...(settled > 0 ? [`${settled} had moved on by themselves`] : []),
    ...(conflict > 0 ? [`${conflict} were too busy: run it again`] : []),
    ...(unsuited > 0
      ? [
          `${unsuited} cannot be moved: what waits for a deadline cannot rest in a final state, or the other way round (${to})`,
        ]
      : []),
  ].join('; ');

await command(HELP, async (args) => {
  const options = { ...sourceOptions, apply: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args, options });
  if (values.apply && values.export)
    throw new UsageError('An export can be looked at, but nothing moves in it.');
  const machines = readMachines(values.definitions);
  const source = await openSource(values);
  try {
    const isRenamed = (flow: string, state: string) =>
      machines.some((one) => one.flow === flow && one.renamings.some(({ from }) => from === state));
    const found = await survey(source.scan(), {
      now: new Date(source.clock.now()).toISOString(),
      keep: (flow, state) => (isRenamed(flow, state) ? Number.POSITIVE_INFINITY : 0),
      progress: progress('items read'),
    });
    const { renamed, dropped } = judge(found, machines);
    if (renamed.length === 0) say(`None of ${many(found.live, 'instance')} rests in a renamed state.`);
    let left = 0;
    for (const { group, to } of renamed) {
      const { flow, state, count, ids } = group;
      say(`${flow}: ${many(count, 'instance')} from ${state} to ${to} (${examples(ids)})`);
      for (const { type, count: waiting } of dropped.filter(
        (one) => one.flow === flow && one.state === state,
      )) {
        say(
          `  Warning: ${many(waiting, 'deferred event')} (${type}) would be dropped: ${to} does not accept it.`,
        );
      }
      const machine = machines.find((one) => one.flow === flow);
      if (!values.apply || !source.table || !machine) continue;
      const { table, clock } = source;
      const ports = { table, clock, random: systemRandomness };
      const tally = await moveAll(ports, flowOf(machine), machine, group, progress('instances done'));
      say(told(tally, to));
      left += tally.unsuited + tally.conflict;
    }
    if (renamed.length > 0 && !values.apply) say('Nothing was changed. With --apply they move.');
    return left > 0 ? 1 : 0;
  } finally {
    source.close();
  }
});
