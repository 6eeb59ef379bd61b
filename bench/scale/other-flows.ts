/** The same for payments and orders, in short: what one needs of the parts that give out first. */
import { type Bill, countedOf } from '../bill.ts';
import { billOfOrder } from '../cost-checkout.ts';
import { billOfPayment } from '../cost-payment.ts';
import { assumed, dollarsOf, sumOfDollars } from '../prices.ts';
import { unitsOf } from './life.ts';
import { quotas, READS_PER_WRITE } from './quotas.ts';
import { asDeployed } from './setups.ts';

export interface OtherFlow {
  name: string;
  writeUnits: number;
  readUnits: number;
  executions: number;
  lambdaInvocations: number;
  /** Instances a second that each part takes as it is deployed. */
  limits: { [part: string]: number };
  /** US dollars for a million. */
  dollars: number;
}

export const otherFlows = async (): Promise<OtherFlow[]> => [
  figuresOf('payment', await billOfPayment()),
  figuresOf('order', await billOfOrder()),
];

function figuresOf(name: string, bill: Bill): OtherFlow {
  const { all, reads, writes } = countedOf(bill);
  const [written, read] = [unitsOf([writes]), unitsOf([reads])];
  const held = assumed.lambda[bill.flow].reduce((sum, { times, seconds }) => sum + times * seconds, 0);
  const partition = quotas.partitionWrites.value;
  const dollars = Object.values(dollarsOf(bill.flow, all)).reduce(
    (sum, group) => sum + sumOfDollars(group),
    0,
  );
  const { writeUnits, readUnits, executions, lambdaInvocations } = all;
  return {
    ...{ name, writeUnits, readUnits, executions, lambdaInvocations },
    limits: {
      stage: asDeployed.stageRequests / all.httpRequests,
      flows: (asDeployed.partitions.flows * partition) / (written.flows + read.flows / READS_PER_WRITE),
      index: (asDeployed.indexShards * partition) / written.index,
      lambda: asDeployed.lambdaConcurrency / held,
      // Every order of the same good writes the same item.
      ...(written['inventory'] && { 'one good': partition / written['inventory'] }),
    },
    dollars: dollars * 1e6,
  };
}
