/** Durable work per login: counted, not timed, so that any machine gives the same and a change shows at once. */
import { countedOf } from '../bill.ts';
import { billOfLogin } from '../cost-login.ts';
import type { Result } from '../report/result.ts';
import { embeddedWork, plainWork } from './embedded.ts';
import { derivation, others, sumOfParts } from './others.ts';
import { statesEntered } from './transitions.ts';

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
  /** States that these enter. */
  stateTransitions: number;
  lambdaInvocations: number;
  httpRequests: number;
}

/** What one login would be billed for on AWS, apart from durations: as `bench:cost` counts it. */
export async function awsWork(): Promise<AwsWork> {
  const { result: bill, entered: stateTransitions } = await statesEntered(billOfLogin);
  const { transactions, writes, all } = countedOf(bill);
  const { writeUnits, readUnits, executions, lambdaInvocations, httpRequests } = all;
  return {
    requests: bill.requests.length,
    transactions: transactions.length,
    items: writes.length,
    ...{ writeUnits, readUnits, executions, stateTransitions, lambdaInvocations, httpRequests },
  };
}

/**
 * Results are named `work.embedded.…`, `work.aws.…` (counted here) and `work.<other>.…` (derived from documents, see
 * `others.ts`); the unit is `count`, or `bytes`. Beside the embedded ones stand those of plain SQLite; beside the rest stands
 * nothing, for they are exact and of units that only their own service has.
 */
export async function durableWork(): Promise<Result[]> {
  const plain: { [name: string]: number } = { ...(await plainWork()) };
  const embedded = Object.entries(await embeddedWork()).map(([name, value]) => {
    const limit = plain[name] ?? Number.NaN;
    const unit = name.endsWith('Bytes') ? 'bytes' : 'count';
    return { name: `work.embedded.${name}`, value, unit, limit, ratio: value / limit };
  });
  const aws = Object.entries(await awsWork()).map(([name, value]) => ({
    name: `work.aws.${name}`,
    value,
    unit: 'count',
  }));
  return [
    ...embedded,
    ...aws,
    ...others.map((other) => ({
      name: `work.${other.key}.operations`,
      value: sumOfParts(other),
      unit: 'count',
    })),
  ];
}

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |\n`;

/** The results of `durableWork`, and what others need, as tables in Markdown. */
export function workTables(results: readonly Result[]): string {
  const result = (name: string) => {
    const found = results.find((one) => one.name === `work.${name}`);
    if (!found) throw new Error(`There is no result work.${name}`);
    return found;
  };
  const value = (name: string) => result(name).value.toLocaleString('en-US');
  const disk = (what: string, name: string) => {
    const { limit, ratio } = result(`embedded.${name}`);
    const beside = [limit?.toLocaleString('en-US') ?? '', ratio?.toFixed(2) ?? ''];
    return row(`embedded: ${what}`, value(`embedded.${name}`), ...beside);
  };
  return [
    row('for one login, counted', '', 'plain SQLite', 'ratio') + row('---', '---:', '---:', '---:'),
    disk('fsyncs that an answer waits for', 'fsyncsAwaited'),
    disk('fsyncs, the one in the background with them', 'fsyncs'),
    disk('commits', 'commits'),
    disk('rows written', 'rows'),
    disk('bytes of the write-ahead log', 'walBytes'),
    '\n',
    row('for one login, counted', '') + row('---', '---:'),
    row('AWS: requests to DynamoDB', value('aws.requests')),
    row('AWS: transactions and single writes', value('aws.transactions')),
    row('AWS: write units, read units', `${value('aws.writeUnits')}, ${value('aws.readUnits')}`),
    row('AWS: executions', value('aws.executions')),
    row('AWS: state transitions in these; Express bills none', value('aws.stateTransitions')),
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
