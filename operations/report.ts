/** Pure: a verdict in words. */
import { many } from './command.ts';
import { type Group, type Survey, shortId, type Verdict } from './survey.ts';

const rest = ({ flow, state, count, ids }: Group): string =>
  `${flow}: ${many(count, 'instance')} in ${state} (${examples(ids)})`;

export const examples = (ids: string[]): string => ids.slice(0, 3).map(shortId).join(', ');

/** What is said of a check, line by line, and whether a deploy is refused. */
export function report(
  found: Survey,
  { stranded, renamed, dropped }: Verdict,
): { lines: string[]; refused: boolean } {
  const lines = [
    `${many(found.live, 'instance')} in ${many(found.read, 'item')}; ${found.expired} more have expired and do not count.`,
    ...(found.live === 0 ? ['Warning: nothing was compared. Is it the table of instances?'] : []),
    ...renamed.map(({ group, to, served }) =>
      served
        ? `${rest(group)}: renamed to ${to}, and served under both names. They move with: npm run migrate -- … --apply`
        : `Warning: ${rest(group)}: renamed to ${to}, but Route has no row for ${group.state}. Until they have been moved, events are refused there and results of effects are lost: move them while no process runs, or keep the rows.`,
    ),
    ...dropped.map(
      ({ flow, state, type, count }) =>
        `Warning: ${flow}: ${many(count, 'deferred event')} in ${state} (${type}) would be dropped: nothing accepts it any more.`,
    ),
    ...stranded.flatMap(({ group, machine }) => [
      machine
        ? `REFUSED: ${rest(group)}: the definition has no such state.`
        : `REFUSED: ${rest(group)}: there is no definition of ${group.flow}.`,
    ]),
    ...(found.unreadable > 0
      ? [
          `REFUSED: ${many(found.unreadable, 'record')} without flow, id or state: this is no table of instances.`,
        ]
      : []),
  ];
  const flows = [...new Set(stranded.map(({ group }) => group.flow))];
  const refused = stranded.length > 0 || found.unreadable > 0;
  if (stranded.length > 0) lines.push(...remedies(flows));
  else if (!refused) {
    const loose = renamed.some(({ served }) => !served);
    lines.push(`Every ${loose ? 'other ' : ''}instance rests in a state that its definition knows.`);
  }
  return { lines, refused };
}

const remedies = (flows: string[]): string[] => [
  'A deploy would strand them: no event could move them again. For each of these states, do one of three things, and check again:',
  `  - bring it back into ${flows.map((flow) => `state-definitions/${flow}.asl.json`).join(', ')};`,
  '  - say in state-definitions/migrations.json what it is called now (docs/definition-changes.md);',
  '  - wait until the instances have left it, if the definition that is deployed lets them.',
];
