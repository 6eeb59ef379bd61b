/** What AWS lets one account do in us-east-1 before anybody asks for more. AWS documents, read in November 2026. */

export interface Quota {
  value: number;
  source: string;
}

const dynamo = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';
const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg';

export const quotas = {
  /** Transactional SMS a second, of an account. How many a number may send is another, smaller limit of each. */
  smsPerSecond: { value: 20, source: 'https://docs.aws.amazon.com/general/latest/gr/sns.html' },
  /** US dollars for SMS in a month, of a new account. */
  smsDollars: {
    value: 1,
    source: 'https://docs.aws.amazon.com/sns/latest/dg/channels-sms-awssupport-spend-threshold.html',
  },
  /** Requests a second to all HTTP APIs of an account. */
  apiRequests: {
    value: 10_000,
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html',
  },
  /** Executions at once of all functions of an account; a new account may have fewer. */
  lambdaConcurrency: { value: 1_000, source: `${lambda}/gettingstarted-limits.html` },
  /** Requests a second, for each execution at once that is allowed. */
  lambdaRequestsEach: { value: 10, source: `${lambda}/gettingstarted-limits.html` },
  /** By which one function may grow in 10 seconds, in executions at once. */
  lambdaGrowth: { value: 1_000, source: `${lambda}/scaling-behavior.html` },
  /** Write units a second of one partition, or three times as many read units, or some of both. */
  partitionWrites: { value: 1_000, source: `${dynamo}/bp-partition-key-design.html` },
  /** Write units a second of a new table on demand: four partitions' worth. */
  newTableWrites: { value: 4_000, source: `${dynamo}/on-demand-capacity-mode.html` },
  /** Within so many minutes a table on demand takes twice its highest load before. */
  doublingMinutes: { value: 30, source: `${dynamo}/on-demand-capacity-mode.html` },
  /** Write units a second of one table, and of one index. */
  tableWrites: { value: 40_000, source: `${dynamo}/ServiceQuotas.html` },
  /** Batches of one shard that may be under way at once, at the most. */
  parallelizationFactor: { value: 10, source: `${lambda}/with-ddb.html` },
} as const satisfies { [name: string]: Quota };

/** What is not limited by a published number. */
export const unpublished = {
  expressTransitions: {
    says: 'unlimited',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
  },
  startSyncExecution: {
    says: 'capacity on demand, grows with sustained load; a surge may be throttled',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
  },
} as const;

/** Read units that weigh as much as one write unit at a partition. */
export const READS_PER_WRITE = 3;
