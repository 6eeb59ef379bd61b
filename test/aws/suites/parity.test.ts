/** The same scenarios on both runtimes leave the same histories. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { deployedBooking, embeddedBooking, openHall } from '../parity/booking.ts';
import { type BookingScenario, bookingScenarios } from '../parity/booking-scenarios.ts';
import { openDeployed } from '../parity/deployed-login.ts';
import { openEmbedded } from '../parity/embedded-login.ts';
import { type LoginScenario, openStage, type Side } from '../parity/login.ts';
import { missingRows } from '../parity/login-coverage.ts';
import { type History, historyOf } from '../parity/login-history.ts';
import { loginScenarios } from '../parity/login-scenarios.ts';
import { type Compared, isEqual, report } from '../parity/report.ts';
import { deployment } from '../support/deployment.ts';
import { openWire } from '../support/wire.ts';

const BEGIN_EVERY_MS = 400;

/** Names of this run: in an account that lives on, users and bookings of earlier ones are there. */
const run = `${process.pid}-${Date.now()}`;

function expectEqual(compared: readonly Compared[]): void {
  const different = compared.filter((one) => !isEqual(one));
  const histories = (side: 'embedded' | 'deployed') =>
    different.map(({ scenario, [side]: history }) => ({ scenario, history }));
  expect(histories('deployed')).toEqual(histories('embedded'));
}

async function loginHistory(side: Side, { run }: LoginScenario): Promise<History> {
  const stage = openStage(side);
  try {
    await run(stage);
    await stage.settled();
    return await historyOf(side, stage.told);
  } finally {
    await side.close();
  }
}

// The two together, for the first waits most of the time.
test.concurrent('mfa-login: every row, retries, conflicts and replays', async () => {
  const wire = await openWire(await deployment());
  const openSide = openDeployed(await deployment(), wire);
  const deployed: History[] = [];
  const embedded: History[] = [];
  const nameOf = (n: number) => `parity-${n}-${run}`;
  const onDeployed = async ([n, one]: [number, LoginScenario]) => {
    deployed[n] = await loginHistory(await openSide(nameOf(n)), one);
  };
  const onEmbedded = async () => {
    for (const [n, one] of numbered) embedded[n] = await loginHistory(await openEmbedded(nameOf(n)), one);
  };
  const numbered = [...loginScenarios.entries()];
  try {
    for (const one of numbered) if (one[1].first) await onDeployed(one);
    // Side by side, for they wait for real time; one after the other they begin, for a crowd of cold functions runs into time-outs,
    // and those are part of a history. What has failed is told when all have ended.
    const others = numbered.filter(([, { first }]) => !first);
    const inTurn = others.map(async (one, n) => {
      await wait(BEGIN_EVERY_MS * n);
      return onDeployed(one);
    });
    const ended = await Promise.allSettled([...inTurn, onEmbedded()]);
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  } finally {
    await wire.close();
  }
  const compared = loginScenarios.map(({ name }, n) => ({
    scenario: name,
    ...{ embedded: embedded[n]?.lines ?? [], deployed: deployed[n]?.lines ?? [] },
    transitions: deployed[n]?.transitions ?? 0,
  }));
  report('mfa-login', compared);
  expectEqual(compared);
  for (const side of [embedded, deployed])
    expect(missingRows(side.flatMap(({ taken }) => taken))).toEqual([]);
});

async function bookingHistory(
  runtime: ReturnType<typeof embeddedBooking>,
  scenario: BookingScenario,
  n: number,
) {
  const hall = openHall(runtime, `${run}-${n}`);
  await hall.open(scenario.seats);
  await scenario.run(hall);
  return { lines: await hall.history(scenario.race), transitions: await hall.transitions() };
}

test.concurrent('booking: a journal, deferred events, domain writes, effects that repeat', async () => {
  const embedded = embeddedBooking();
  const deployed = deployedBooking();
  const compared: Compared[] = [];
  for (const [n, scenario] of bookingScenarios.entries()) {
    const here = await bookingHistory(embedded, scenario, n);
    const there = await bookingHistory(deployed, scenario, n);
    compared.push({
      scenario: scenario.name,
      ...{ embedded: here.lines, deployed: there.lines, transitions: there.transitions },
    });
  }
  embedded.close();
  report('booking', compared);
  expectEqual(compared);
});
