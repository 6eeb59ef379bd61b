/** How much of everything a deployment has: as it is deployed, and as it would have to be for more. */
import { quotas } from './quotas.ts';

export interface Setup {
  name: string;
  /** Logins a second that it is for. */
  rate: number;
  smsPerSecond: number;
  /** That the stage of the API lets through: `limits.requestsPerSecond` of the deployment. */
  stageRequests: number;
  /** That the account lets through. */
  apiRequests: number;
  lambdaConcurrency: number;
  /** Write units a second of one table, and of one index, that the account allows. */
  tableWrites: number;
  /** Partitions of each table. DynamoDB splits them itself as load grows; set beforehand as warm throughput. */
  partitions: { flows: number; users: number; quotas: number };
  /** Of the index of what waits for time: `SHARD_COUNT` of adapters/aws/dynamo-items.ts. */
  indexShards: number;
  /** Passes of the reconciler at once, each over its own shards; more than one is not built. */
  reconcilers: number;
}

/** As infra deploys production into an account that has asked for nothing. */
export const asDeployed: Setup = {
  name: 'as deployed',
  rate: 10,
  smsPerSecond: quotas.smsPerSecond.value,
  stageRequests: 200,
  apiRequests: quotas.apiRequests.value,
  lambdaConcurrency: quotas.lambdaConcurrency.value,
  tableWrites: quotas.tableWrites.value,
  partitions: { flows: 4, users: 4, quotas: 4 },
  indexShards: 4,
  reconcilers: 1,
};

/** Some head-room over the rate, in figures that one would ask for. */
export const setups: readonly Setup[] = [
  asDeployed,
  {
    ...asDeployed,
    name: 'for 1,000',
    rate: 1_000,
    smsPerSecond: 2_000,
    stageRequests: 4_000,
    lambdaConcurrency: 1_500,
    partitions: { flows: 16, users: 8, quotas: 4 },
    indexShards: 16,
    reconcilers: 16,
  },
  {
    name: 'for 100,000',
    rate: 100_000,
    smsPerSecond: 200_000,
    stageRequests: 300_000,
    apiRequests: 300_000,
    lambdaConcurrency: 150_000,
    tableWrites: 1_500_000,
    partitions: { flows: 1_200, users: 500, quotas: 250 },
    indexShards: 1_024,
    reconcilers: 1_024,
  },
];
