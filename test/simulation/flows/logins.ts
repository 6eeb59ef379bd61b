/** People who log in, as people do: impatiently, twice at once, too late, with the wrong code. */
import type { Table } from '../../../core/ports.ts';
import { mfaLogin, mfaLoginActions } from '../../../flows/mfa-login/index.ts';
import { defaultSettings, type Settings } from '../../../flows/mfa-login/settings.ts';
import { smsExecutor } from '../../../flows/mfa-login/sms.ts';
import { testSecrets } from '../../support/world.ts';
import type { Chance } from '../world/chance.ts';
import type { Network, Told } from '../world/network.ts';
import { Phones } from '../world/phones.ts';
import type { Kit } from '../world/process.ts';
import type { Surroundings } from '../world/surroundings.ts';

export interface Person {
  username: string;
  password: string;
  phone: string;
}

export interface Logins {
  kit: Kit;
  settings: Settings;
  people: Person[];
  /** Everybody's day; ends when the last one is done. */
  live(network: Network): Promise<void>;
}

export function createLogins(around: Surroundings): Logins {
  const chance = around.chance('people');
  // Now and then all of them at once, on one phone, and so from one quota.
  const rush = chance.chance(0.25);
  const guessed = chance.chance(0.4);
  const settings = {
    ...defaultSettings,
    smsQuotaPerHour: rush ? chance.whole(1, 4) : chance.pick([5, 8, 50]),
    smsQuotaPerDay: chance.pick([3, 50, 50]),
    resends: chance.pick([1, 3]),
    smsRetries: chance.pick([0, 2]),
    failuresBeforeDelay: chance.pick([2, 3, 10]),
  };
  const flow = mfaLogin(settings);
  const phones = new Phones(around);
  const people = Array.from({ length: chance.whole(2, 6) }, (_, n) => ({
    username: `user-${n}`,
    password: `pass phrase of ${n}`,
    phone: `+1555555010${rush || chance.chance(0.3) ? 0 : n}`,
  }));
  const executors: Kit['executors'] = (table: Table, process) => ({
    sms: smsExecutor(table, testSecrets, phones.sender(process), settings),
  });
  const kit = { flow, actions: mfaLoginActions(settings), executors };

  async function live(network: Network): Promise<void> {
    const visitor = (person: Person, name: string) =>
      new Visitor(around, network, phones, kit, person, around.chance(`${name} of ${person.username}`));
    const days = people.map((person) => day(visitor(person, 'day'), rush ? 100 : 20_000));
    // Somebody who wants to get in before the delay does.
    const guesses = guessed
      ? people.slice(0, 1).map((person) => visitor(person, 'guesses').guess(settings.failuresBeforeDelay))
      : [];
    await Promise.all([...days, ...guesses]);
  }
  return { kit, settings, people, live };
}

async function day(visitor: Visitor, pauseMs: number): Promise<void> {
  const { chance } = visitor;
  for (let logins = chance.whole(1, 4); logins > 0 && !visitor.over; logins--) {
    await visitor.think(0, pauseMs);
    await visitor.login();
  }
}

/** One person, one device. */
class Visitor {
  readonly chance: Chance;
  readonly #around: Surroundings;
  readonly #network: Network;
  readonly #phones: Phones;
  readonly #kit: Kit;
  readonly #person: Person;

  constructor(
    around: Surroundings,
    network: Network,
    phones: Phones,
    kit: Kit,
    person: Person,
    chance: Chance,
  ) {
    [this.#around, this.#network, this.#phones, this.#kit, this.#person, this.chance] = [
      around,
      network,
      phones,
      kit,
      person,
      chance,
    ];
  }

  get over(): boolean {
    return this.#around.faults.calm;
  }

  async think(from: number, to: number): Promise<void> {
    await this.#around.pause(this.chance.between(from, to));
  }

  #tell(flowId: string, type: string, payload = {}, id = this.chance.id(), fresh = false): Promise<Told> {
    if (this.over) return Promise.resolve('broken');
    const event = { id, type, payload };
    return this.#network.request({ flow: this.#kit.flow, flowId, event, fresh });
  }

  async login(): Promise<void> {
    const { chance } = this;
    const { username, password } = this.#person;
    const flowId = this.#newId();
    const source = chance.pick(['192.0.2.1', '192.0.2.2']);
    // Said of the second request, and of one that the network doubles, it is wrong.
    const fresh = chance.chance(0.5);
    const ask = (typed: string) =>
      this.#tell(flowId, 'LoginRequested', { username, password: typed, source }, chance.id(), fresh);
    // Who was not told goes on as if it had worked.
    const denied = (told: Told) => told !== 'broken' && 'state' in told && told.state === 'Denied';
    if (denied(await ask(chance.chance(0.2) ? 'a wrong one' : password))) {
      if (chance.chance(0.5)) return;
      // The same name again, when the first login is forgotten.
      await this.think(905_000, 960_000);
      if (denied(await ask(password))) return;
    }
    for (let steps = chance.whole(1, 6); steps > 0 && !this.over; steps--) {
      await chance.pick(habits)(this, flowId);
      await this.think(0, 3_000);
    }
  }

  /** Many passwords, one of them right: all at once, or one after the other until the limit, and at once the right one. */
  async guess(limit: number): Promise<void> {
    const { username, password } = this.#person;
    const right = this.chance.whole(0, 11);
    const type = (typed: string) =>
      this.#tell(this.#newId(), 'LoginRequested', { username, password: typed, source: '192.0.2.9' });
    await this.think(0, 60_000);
    if (this.chance.chance(0.5)) {
      await Promise.all(Array.from({ length: 12 }, (_, n) => type(n === right ? password : `guess ${n}`)));
      return;
    }
    for (let n = 1; n <= limit; n++) await type(`guess ${n}`);
    for (let n = 1; n <= 3; n++) await type(password);
  }

  readonly #newId = (): string => this.chance.id().replaceAll(' ', '-');

  async right(flowId: string): Promise<Told> {
    const code = await this.#phones.code(flowId);
    return code === undefined ? 'broken' : this.#tell(flowId, 'OtpSubmitted', { code });
  }

  async wrong(flowId: string): Promise<Told> {
    const code = String(this.chance.whole(0, 999_999)).padStart(6, '0');
    return this.#tell(flowId, 'OtpSubmitted', { code });
  }

  /** With the code before their eyes, and at once again. */
  async mistype(flowId: string): Promise<Told> {
    await this.#phones.code(flowId);
    await this.wrong(flowId);
    return this.right(flowId);
  }

  resend = (flowId: string): Promise<Told> => this.#tell(flowId, 'ResendRequested');
  /** One id for two things: the second must not get the answer to the first. */
  async reuse(flowId: string): Promise<void> {
    const id = this.chance.id();
    const told = await this.#tell(flowId, 'ResendRequested', {}, id);
    if (told !== 'broken' && 'version' in told) await this.#tell(flowId, 'CancelRequested', {}, id);
  }

  /** What only time may say. */
  expire = (flowId: string): Promise<Told> => this.#tell(flowId, 'DeadlinePassed');
  cancel = (flowId: string): Promise<Told> => this.#tell(flowId, 'CancelRequested');
  logout = (flowId: string): Promise<Told> => this.#tell(flowId, 'LogoutRequested');
}

type Habit = (visitor: Visitor, flowId: string) => Promise<unknown>;

/** What people do next, the usual more often. */
const habits: [Habit, ...Habit[]] = [
  (visitor, id) => visitor.right(id),
  (visitor, id) => visitor.right(id),
  (visitor, id) => visitor.right(id),
  (visitor, id) => visitor.wrong(id),
  (visitor, id) => visitor.mistype(id),
  (visitor, id) => visitor.mistype(id),
  (visitor, id) => visitor.resend(id),
  (visitor, id) => visitor.think(29_000, 40_000).then(() => visitor.resend(id)),
  (visitor, id) => visitor.cancel(id),
  (visitor, id) => visitor.think(29_000, 32_000).then(() => visitor.reuse(id)),
  (visitor, id) => visitor.expire(id),
  (visitor, id) => visitor.logout(id),
  // At the same time.
  (visitor, id) => Promise.all([visitor.right(id), visitor.right(id)]),
  (visitor, id) => Promise.all([visitor.right(id), visitor.wrong(id), visitor.cancel(id)]),
  (visitor, id) => Promise.all([1, 2, 3, 4, 5].map(() => visitor.wrong(id))),
  (visitor, id) =>
    visitor.think(30_000, 32_000).then(() => Promise.all([visitor.resend(id), visitor.resend(id)])),
  (visitor, id) => Promise.all([visitor.logout(id), visitor.right(id)]),
  // Close to the deadlines of the code and of the session.
  (visitor, id) => visitor.think(296_000, 301_000).then(() => visitor.right(id)),
  (visitor, id) => visitor.think(296_000, 301_000).then(() => visitor.resend(id)),
  (visitor) => visitor.think(0, 400_000),
  (visitor, id) => visitor.think(890_000, 905_000).then(() => visitor.logout(id)),
];
