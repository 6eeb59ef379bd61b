/** What a rate costs in a month: counted work at the prices of bench/prices.ts, with assumed durations. */
import { assumed, dollarsOf, prices, sumOfDollars } from '../prices.ts';
import { HASHING, RECORDS_AT_ONCE, seconds } from './durations.ts';
import type { Life } from './life.ts';

/** Of 30 days, at the same rate day and night. */
export const MONTH_SECONDS = 30 * 86_400;

/** One SMS to the United States, with what the carrier takes: about. Source: aws.amazon.com/sns/sms-pricing. */
export const SMS_DOLLARS = 0.00645;

const [request, , password] = assumed.lambda.login;
const RECONCILER_GIGABYTES = 0.25;

/** US dollars of one login, by what they are paid for. */
export function dollarsOfLogin({ login, ending }: Life): { [what: string]: number } {
  const bill = dollarsOf('login', login);
  const express = (held: number) => held * assumed.express.gigabytes * prices.expressGigabyteSecond;
  const lambda = (held: number, gigabytes: number) => held * gigabytes * prices.lambdaGigabyteSecond;
  const line = (...names: string[]) => {
    const all: { [name: string]: number } = { ...bill.counted, ...bill.assumed, ...bill.gateway };
    return names.reduce((sum, name) => {
      const found = all[name];
      if (found === undefined) throw new Error(`The bill has no line ${name}`);
      return sum + found;
    }, 0);
  };
  return {
    DynamoDB: line('DynamoDB, writes', 'DynamoDB, reads'),
    'Step Functions Express': line('Step Functions Express, requests', 'Step Functions Express, duration'),
    Lambda: line('Lambda, requests', 'Lambda, duration'),
    'API Gateway': line('API Gateway HTTP API'),
    'hashing of the password, and waiting for it':
      lambda(HASHING, password.gigabytes + request.gigabytes) + express(HASHING),
    'end of the session':
      ending.writeUnits * prices.writeUnit +
      ending.readUnits * prices.readUnit +
      ending.executions * (prices.expressRequest + express(assumed.express.seconds)) +
      lambda(seconds.ending / RECORDS_AT_ONCE, RECONCILER_GIGABYTES),
  };
}

/** US dollars a month, without and with the SMS. */
export function monthly(
  rate: number,
  life: Life,
): { lines: { [what: string]: number }; engine: number; sms: number } {
  const logins = rate * MONTH_SECONDS;
  const one = dollarsOfLogin(life);
  const lines = Object.fromEntries(Object.entries(one).map(([what, dollars]) => [what, dollars * logins]));
  return { lines, engine: sumOfDollars(lines), sms: SMS_DOLLARS * logins };
}
