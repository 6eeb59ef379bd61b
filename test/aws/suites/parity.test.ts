/** The same scenarios on both runtimes leave the same histories. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { deployedBooking, embeddedBooking, openHall } from '../parity/booking.ts';
import { type BookingScenario, bookingScenarios } from '../parity/booking-scenarios.ts';
import { type Compared, report, startReport } from '../parity/report.ts';

beforeAll(startReport);

describe('booking: a journal, deferred events, domain writes, effects that repeat', () => {
  const run = `${process.pid}-${Date.now()}`;

  async function historyOn(
    runtime: ReturnType<typeof embeddedBooking>,
    scenario: BookingScenario,
    n: number,
  ) {
    const hall = openHall(runtime, `${run}-${n}`);
    await hall.open(scenario.seats);
    await scenario.run(hall);
    const lines = await hall.history(scenario.race);
    return { lines, transitions: await hall.transitions() };
  }

  test('all histories are equal', async () => {
    const embedded = embeddedBooking();
    const deployed = deployedBooking();
    const compared: Compared[] = [];
    for (const [n, scenario] of bookingScenarios.entries()) {
      const [here, there] = [await historyOn(embedded, scenario, n), await historyOn(deployed, scenario, n)];
      compared.push({
        scenario: scenario.name,
        ...{ embedded: here.lines, deployed: there.lines, transitions: there.transitions },
      });
    }
    embedded.close();
    report('booking', compared);
    for (const { scenario, embedded, deployed } of compared)
      expect({ scenario, history: deployed }).toEqual({ scenario, history: embedded });
  });
});
