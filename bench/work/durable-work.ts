/** Durable work per login: counted, not timed, so that any machine gives the same and a change shows at once. */
import { countedOf } from '../bill.ts';
import { billOfLogin } from '../cost-login.ts';
import type { Result } from '../report/result.ts';
import { embeddedWork } from './embedded.ts';
import { derivation, others, sumOfParts } from './others.ts';

/** Of one login, by the last part of the result's name. */
export interface AwsWork {
  /** Calls of DynamoDB. */
  requests: number;
  /** Of these, those that write. */
  transactions: number;
  /** Written or checked. */
  items: number;
  writeUnits: number;
  readUnits: number;
  executions: number;
  lambdaInvocations: number;
  httpRequests: number;
}

/** What one login would be billed for on AWS, apart from durations: as `bench:cost` counts it. */
export async function awsWork(): Promise<AwsWork> {
  const bill = await billOfLogin();
  const { transactions, writes, all } = countedOf(bill);
  const { writeUnits, readUnits, executions, lambdaInvocations, httpRequests } = all;
  return {
    requests: bill.requests.length,
    transactions: transactions.length,
    items: writes.length,
    ...{ writeUnits, readUnits, executions, lambdaInvocations, httpRequests },
  };
}

/**
 * Results are named `work.embedded.…`, `work.aws.…` (counted here) and `work.<other>.…` (derived from documents, see
 * `others.ts`); the unit is `count`, or `bytes`.
 */
export async function durableWork(): Promise<Result[]> {
  const named = (group: string, figures: object): Result[] =>
    Object.entries(figures).map(([name, value]) => ({
      name: `work.${group}.${name}`,
      value,
      unit: name.endsWith('Bytes') ? 'bytes' : 'count',
    }));
  return [
    ...named('embedded', await embeddedWork()),
    ...named('aws', await awsWork()),
    ...others.map((other) => ({
      name: `work.${other.key}.operations`,
      value: sumOfParts(other),
      unit: 'count',
    })),
  ];
}

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |\n`;

/** The results of `durableWork`, and what others need, as two tables in Markdown. */
export function workTables(results: readonly Result[]): string {
  const value = (name: string) => {
    const found = results.find((result) => result.name === `work.${name}`);
    if (!found) throw new Error(`There is no result work.${name}`);
    return found.value.toLocaleString('en-US');
  };
  return [
    row('for one login, counted', '') + row('---', '---:'),
    row('embedded: fsyncs that an answer waits for', value('embedded.fsyncsAwaited')),
    row('embedded: fsyncs, the one in the background with them', value('embedded.fsyncs')),
    row('embedded: commits', value('embedded.commits')),
    row('embedded: rows written', value('embedded.rows')),
    row('embedded: bytes of the write-ahead log', value('embedded.walBytes')),
    row('AWS: requests to DynamoDB', value('aws.requests')),
    row('AWS: transactions and single writes', value('aws.transactions')),
    row('AWS: write units, read units', `${value('aws.writeUnits')}, ${value('aws.readUnits')}`),
    row('AWS: executions; Express bills no state transitions', value('aws.executions')),
    row('AWS: Lambda invocations', value('aws.lambdaInvocations')),
    '\n',
    row('the same login as', 'needs', '', 'a million', 'which is', 'beside it', 'source') +
      row('---', '---:', '---', '---:', '---', '---', '---'),
    ...others.map((other) => {
      const { name, key, unit, price, beside, source, priceSource } = other;
      const dollars = price === undefined ? '' : `$${(sumOfParts(other) * price * 1e6).toFixed(0)}`;
      const sources = [source, ...(priceSource ? [priceSource] : [])].map((url) => `<${url}>`).join(' ');
      return row(name, value(`${key}.operations`), unit, dollars, derivation(other), beside, sources);
    }),
  ].join('');
}
