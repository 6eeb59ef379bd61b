/** Pure: what was found in a journal, in words. */
import type { JournalFault } from '../core/journal.ts';
import { many } from './command.ts';
import type { Finding, Verified } from './journal-verify.ts';

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

/** The end of a run over these flows. */
export function summary(
  flows: string[],
  { instances, entries, faulty, rebuilt, busy }: Verified,
  rebuild: boolean,
): string[] {
  const of = `${many(instances, 'instance')} of ${flows.join(', ')}, ${entries} ${entries === 1 ? 'entry' : 'entries'}`;
  const result =
    faulty > 0
      ? `${many(faulty, 'instance')} with faults`
      : busy > 0
        ? 'no fault in what could be read'
        : 'whole';
  return [
    ...(instances === 0 ? ['Warning: nothing was compared. Is it the table of instances?'] : []),
    `${[
      `${of}: ${result}`,
      ...(rebuild ? [`${many(rebuilt, 'record')} written anew`] : []),
      ...(busy > 0 ? [`${busy} could not be read`] : []),
    ].join('; ')}.`,
  ];
}
