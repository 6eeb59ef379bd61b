/** What was compared, for the reader: scenario × transitions × equal. */
import { appendFileSync } from 'node:fs';
import { parityReport } from '../emulator/paths.ts';

/** One scenario. A history is text, a line for each entry. */
export interface Compared {
  scenario: string;
  embedded: string[];
  deployed: string[];
  transitions: number;
}

export const isEqual = ({ embedded, deployed }: Compared): boolean =>
  embedded.join('\n') === deployed.join('\n');

/** Adds one flow to the report, and says in short how it went. */
export function report(flow: string, compared: readonly Compared[]): void {
  const rows = compared.map(
    (one) => `| ${one.scenario} | ${one.transitions} | ${isEqual(one) ? 'yes' : '**no**'} |`,
  );
  const table = ['| scenario | transitions | equal |', '| --- | ---: | --- |', ...rows].join('\n');
  const sum = compared.reduce((all, { transitions }) => all + transitions, 0);
  const equal = compared.filter(isEqual).length;
  const short = `${equal} of ${compared.length} scenarios are equal on the embedded and the deployed runtime, over ${sum} transitions`;
  appendFileSync(parityReport, `## ${flow}\n\n${short}.\n\n${table}\n\n`);
  process.stdout.write(`Parity of ${flow}: ${short} (${parityReport})\n`);
}
