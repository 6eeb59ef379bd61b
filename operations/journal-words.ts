/** Pure: what was found in a journal, in words. */
import type { JournalFault } from '../core/journal.ts';
import { many } from './command.ts';
import type { Finding, Verified } from './journal-verify.ts';
import type { Place } from './source.ts';

/** One fault, as part of a sentence. */
export function faultInWords(one: JournalFault): string {
  switch (one.fault) {
    case 'missing':
      return one.version === one.last
        ? `version ${one.version} is missing`
        : `versions ${one.version} to ${one.last} are missing`;
    case 'changed':
      return `version ${one.version} was changed: it is not what was written there`;
    case 'torn':
      return `version ${one.version} was not written after the version ${one.version - 1} that is there: one of them was written anew`;
    case 'stray':
      return `${JSON.stringify(one.key)} is no place of an entry`;
    case 'unwatched':
      return `version ${one.version} has something left to deliver, and no dueAt`;
    case 'lost':
      return 'the record is lost';
    case 'differs':
      return `the record differs from what the entries fold to, in ${one.fields.join(', ')}`;
  }
}

/** What to do about faults, all of one instance. */
export function remedy(faults: JournalFault[]): string {
  const are = (...kinds: JournalFault['fault'][]) => faults.some(({ fault }) => kinds.includes(fault));
  if (are('missing', 'changed', 'torn', 'stray')) {
    return 'Entries cannot be made again: get them back from a backup, and verify again.';
  }
  if (are('unwatched')) return 'Nobody would deliver it: docs/journal.md says what to set.';
  if (are('lost')) return 'The entries are whole: --rebuild writes the record that they fold to.';
  const known = 'Delete the record, and --rebuild writes the one that the entries fold to.';
  const isDoubtful = faults.some((one) => one.fault === 'differs' && one.fields.includes('hash'));
  return isDoubtful
    ? `Either the record or its last entries were written anew: the hash that was published tells which. If it is the record: ${known.toLowerCase()}`
    : known;
}

export function findingInWords(finding: Finding): string {
  const name = `${finding.flow} ${finding.flowId}`;
  switch (finding.came) {
    case 'faulty':
      return `FAULTY: ${name}: ${finding.faults.map(faultInWords).join('; ')}. ${remedy(finding.faults)}`;
    case 'rebuilt':
      return `${name}: the record was lost, and has been written anew at version ${finding.version}.`;
    case 'busy':
      return `${name}: it changes too fast to be read. Verify again.`;
  }
}

/** An item that the database would not find, or would delete. */
export const misfiledInWords = ({ pk, sk }: Place): string =>
  `FAULTY: ${JSON.stringify(sk)} of ${JSON.stringify(pk)}: what the database goes by to find it in time, or to delete it, is not what the item says. Mend what else is named of this instance first; docs/journal.md says what to set.`;

/** The end of a run over these flows. */
export function summary(
  flows: string[],
  { instances, entries, faulty, rebuilt, busy }: Verified,
  rebuild: boolean,
  misfiled = 0,
): string[] {
  const of = `${many(instances, 'instance')} of ${flows.join(', ')}, ${entries} ${entries === 1 ? 'entry' : 'entries'}`;
  const result =
    faulty > 0
      ? `${many(faulty, 'instance')} with faults`
      : busy > 0
        ? 'no fault in what could be read'
        : misfiled > 0
          ? 'no fault in the instances'
          : 'whole';
  return [
    ...(instances === 0 ? ['Warning: nothing was compared. Is it the table of instances?'] : []),
    `${[
      `${of}: ${result}`,
      ...(misfiled > 0 ? [`${many(misfiled, 'item')} misfiled`] : []),
      ...(rebuild ? [`${many(rebuilt, 'record')} written anew`] : []),
      ...(busy > 0 ? [`${busy} could not be read`] : []),
    ].join('; ')}.`,
  ];
}
