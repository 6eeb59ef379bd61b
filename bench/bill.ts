/** A bill as text: what was counted for one instance, and what a million of them cost. */
import { nameOf, type Request, sumOf } from './counting-table.ts';
import { type Billed, type Counted, dollarsOf, sumOfDollars } from './prices.ts';

export interface Bill {
  flow: Billed;
  /** Everything that was asked of the table, in order. */
  requests: readonly Request[];
  counted: Omit<Counted, 'writeUnits' | 'readUnits'>;
  /** What is not in it. */
  without: string;
}

export const print = (name: string, value = ''): void =>
  void process.stdout.write(`${name.padEnd(64)}${value.padStart(8)}\n`);

/** Of one, in US dollars. */
export const million = (one: number): string => `$${(one * 1e6).toFixed(2)}`;

const isRead = ([first]: Request): boolean => first?.what === 'read';

/** All that was counted for one instance: requests to the table by their kind, and everything that is billed. */
export function countedOf({ requests, counted }: Pick<Bill, 'requests' | 'counted'>) {
  const reads = requests.filter(isRead).flat();
  const transactions = requests.filter((request) => !isRead(request));
  const writes = transactions.flat();
  const all: Counted = { ...counted, writeUnits: sumOf(writes), readUnits: sumOf(reads) };
  return { reads, transactions, writes, all };
}

export function printBill(bill: Bill): void {
  const { flow, requests, without } = bill;
  const { transactions, writes, all } = countedOf(bill);
  print(`one ${flow}, in order: units of DynamoDB, those of the index among them`);
  for (const request of requests) printRequest(request);
  print(`counted for one ${flow}`);
  print('  transactions and single writes', String(transactions.length));
  print('  items written or checked', String(writes.length));
  print('  write units, index included', String(all.writeUnits));
  print('  read units', String(all.readUnits));
  print('  executions of the definition', String(all.executions));
  print('  Lambda invocations', String(all.lambdaInvocations));
  if (all.busEvents) print('  events on the bus', String(all.busEvents));
  if (all.queueRequests) print('  requests to queues', String(all.queueRequests));
  print(`for a million ${flow}s, without ${without}`);
  const dollars = dollarsOf(flow, all);
  for (const [sure, group] of Object.entries(dollars)) {
    for (const [name, one] of Object.entries(group)) print(`  ${name} (${sure})`, million(one));
  }
  print('  together', million(Object.values(dollars).reduce((sum, group) => sum + sumOfDollars(group), 0)));
}

function printRequest(request: Request): void {
  if (request.length > 1) print('  transaction', String(sumOf(request)));
  for (const line of request) {
    const name = `${line.what} ${nameOf(line)}${line.index > 0 ? `, index ${line.index}` : ''}`;
    print(request.length > 1 ? `    ${name}` : `  ${name}`, String(line.units));
  }
}
