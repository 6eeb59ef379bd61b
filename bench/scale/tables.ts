/** The tables of docs/scale.md, by name. */

import { monthly } from './dollars.ts';
import { apiSeconds, expressSeconds, lambdaSeconds } from './durations.ts';
import type { Known } from './known.ts';
import type { Life } from './life.ts';
import { dollars, figure, table } from './markdown.ts';
import type { OtherFlow } from './other-flows.ts';
import { atOnce, binding, stationsOf, weightOf } from './paper.ts';
import { quotas } from './quotas.ts';
import { asDeployed, setups } from './setups.ts';
import { type Compared, secondsToGrow } from './simulated.ts';

export const rates = [10, 1_000, 100_000] as const;
const perSecond = rates.map((rate) => `${figure(rate)}/s`);

export interface Figures {
  known: readonly Known[];
  life: Life;
  others: readonly OtherFlow[];
  simulated: readonly Compared[];
}

export const tablesOf = ({ known, life, others, simulated }: Figures): { [name: string]: string } => ({
  life: lifeTable(life),
  needs: needsTable(life),
  setups: setupsTable(life),
  simulated: simulatedTable(simulated),
  known: knownTable(known),
  growth: growthTable(life),
  dollars: dollarsTable(life),
  flows: flowsTable(others),
  sources: sourcesTable(),
});

const lifeTable = ({ login, ending, writes, reads }: Life): string =>
  table(
    'lr',
    ['one login', ''],
    [
      [
        'write units: `flows`, its index, `users`, `quotas`',
        [writes.flows, writes.index, writes.users, writes.quotas].map(figure).join(', '),
      ],
      [
        'read units: `flows`, `users`, `quotas`',
        [reads.flows, reads.users, reads.quotas].map(figure).join(', '),
      ],
      [
        'of these for the end of the session: write units, read units',
        `${ending.writeUnits}, ${ending.readUnits}`,
      ],
      ['executions, the one at the end among them', figure(login.executions + ending.executions)],
      ['Lambda invocations', figure(login.lambdaInvocations)],
      ['requests to the API', figure(login.httpRequests)],
      ['seconds of Lambda, all functions together (assumed)', figure(lambdaSeconds)],
      ['seconds of executions (assumed)', figure(expressSeconds)],
    ],
  );

function needsTable(life: Life): string {
  const rows = stationsOf(asDeployed, life).map(({ what, unit, perLogin, capacity, limit, raise }) => {
    const needs = rates.map((rate) => {
      const need = figure(rate * perLogin);
      return rate * perLogin > capacity ? `**${need}**` : need;
    });
    return [what, `${figure(capacity)} ${unit}`, figure(limit), ...needs, raise];
  });
  return table(
    'lrrrrrl',
    ['', 'as deployed', 'logins/s', ...perSecond.map((rate) => `needs at ${rate}`), 'to have more'],
    rows,
  );
}

/** Settings are not rounded. */
const exactly = (value: number): string => value.toLocaleString('en-US');

function setupsTable(life: Life): string {
  const columns = setups.map((setup) => {
    const { partitions } = setup;
    const first = binding(setup, life);
    return [
      exactly(setup.smsPerSecond),
      exactly(setup.stageRequests),
      exactly(setup.apiRequests),
      exactly(setup.lambdaConcurrency),
      [partitions.flows, partitions.users, partitions.quotas].map(exactly).join(', '),
      exactly(setup.tableWrites),
      exactly(setup.indexShards),
      exactly(setup.reconcilers),
      `**${first.what}**`,
      `**${figure(first.limit)}**`,
    ];
  });
  const names = [
    'SMS a second',
    'requests a second, stage',
    'requests a second, account',
    'Lambda executions at once',
    'partitions of `flows`, `users`, `quotas`',
    'write units a second, a table',
    'shards of the index',
    'reconcilers at once',
    'gives out first',
    'at logins a second',
  ];
  return table(
    'lrrr',
    ['', ...setups.map(({ name }) => name)],
    names.map((name, row) => [name, ...columns.map((column) => column[row] ?? '')]),
  );
}

const simulatedTable = (all: readonly Compared[]): string =>
  table(
    'llrlrrr',
    [
      '',
      'paper: first',
      'logins/s',
      'simulated: first',
      'logins/s',
      'Lambda at once: Little, simulated',
      'executions: Little, simulated',
    ],
    all.map(({ setup, paper, found, busy, little }) => [
      setup.name,
      `\`${paper.name}\``,
      figure(paper.limit),
      `\`${found.place}\``,
      figure(found.rate),
      `${figure(little.lambda)}, ${figure(busy.lambda)}`,
      `${figure(little.express)}, ${figure(busy.express)}`,
    ]),
  );

const knownTable = (all: readonly Known[]): string =>
  table(
    'lrrr',
    ['milliseconds of waiting, on the average', 'formula', 'simulated', ''],
    all.map(({ what, formula, simulated }) => [
      what,
      figure(formula * 1_000),
      figure(simulated * 1_000),
      `${((simulated / formula - 1) * 100).toFixed(1)} %`,
    ]),
  );

/** How often a table must double its load, from what a new one takes. */
const doublings = (rate: number, life: Life): number =>
  Math.max(0, Math.ceil(Math.log2((rate * weightOf(life, 'flows')) / quotas.newTableWrites.value)));

const growthTable = (life: Life): string =>
  table(
    'lrrr',
    ['from nothing', ...perSecond],
    [
      ['executions at once of the API’s function', ...rates.map((rate) => figure(atOnce(rate, apiSeconds)))],
      [
        'seconds until Lambda has that many, at the least',
        ...rates.map((rate) => figure(secondsToGrow(rate, quotas.lambdaGrowth.value))),
      ],
      ['doublings of a new table `flows`', ...rates.map((rate) => figure(doublings(rate, life)))],
      [
        'hours that they take, unless warm throughput is set',
        ...rates.map((rate) => figure((doublings(rate, life) * quotas.doublingMinutes.value) / 60)),
      ],
    ],
  );

function dollarsTable(life: Life): string {
  const months = rates.map((rate) => monthly(rate, life));
  const lines = Object.keys(months[0]?.lines ?? {});
  return table(
    'lrrr',
    ['a month at', ...perSecond],
    [
      ...lines.map((line) => [line, ...months.map((month) => dollars(month.lines[line] ?? 0))]),
      ['**together, without the SMS**', ...months.map(({ engine }) => `**${dollars(engine)}**`)],
      ['the SMS', ...months.map(({ sms }) => dollars(sms))],
    ],
  );
}

const flowsTable = (flows: readonly OtherFlow[]): string =>
  table(
    'lrr',
    ['', ...flows.map(({ name }) => `one ${name}`)],
    [
      [
        'write units, read units',
        ...flows.map(({ writeUnits, readUnits }) => `${figure(writeUnits)}, ${figure(readUnits)}`),
      ],
      [
        'executions, Lambda invocations',
        ...flows.map(({ executions, lambdaInvocations }) => `${executions}, ${lambdaInvocations}`),
      ],
      ...Object.entries({
        stage: 'throttle of the API’s stage, as deployed: a second',
        flows: 'partitions of `flows`, as deployed: a second',
        index: 'shards of the index, as deployed: a second',
        lambda: 'Lambda executions at once, as deployed: a second',
        'one good': 'orders of one and the same good: a second',
      }).map(([part, what]) => [
        what,
        ...flows.map(({ limits }) => (limits[part] ? figure(limits[part]) : '')),
      ]),
      ['a million, durations assumed', ...flows.map((flow) => dollars(flow.dollars))],
    ],
  );

const sourcesTable = (): string =>
  table(
    'lrl',
    ['quota', '', 'source'],
    Object.entries(quotas).map(([name, { value, source }]) => [`\`${name}\``, figure(value), `<${source}>`]),
  );
