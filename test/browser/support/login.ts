/** What a person does on the login page, and what the world knows of it. */
import type { BrowserContextOptions, Page, Response, Route } from 'playwright-core';
import { eventually } from '../../support/http.ts';
import type { Environment } from '../../support/process.ts';
import { inBrowser } from './browser.ts';

export interface Person {
  username: string;
  password: string;
  phone: string;
}

/** How long something may take that is bound to happen: a busy machine is slow. */
const PATIENCE_MS = 20_000;

const PASSWORD = 'correct-horse-battery';

/** For a test file: people who sign in, each with a phone of their own. */
export function signingIn(environment: Environment = {}) {
  const harness = inBrowser({ SMS_QUOTA_PER_PHONE: '20', SMS_QUOTA_PER_PHONE_DAY: '40', ...environment });
  const { detent } = harness;
  let people = 0;

  async function newPerson(): Promise<Person> {
    people++;
    const person = { username: `person-${people}`, password: PASSWORD, phone: `+1555555${2000 + people}` };
    const { status } = await detent().post('/dev/users', person);
    if (status !== 201) throw new Error(`no user: ${status}`);
    return person;
  }

  /** Every SMS that a phone has got. */
  async function messages({ phone }: Person): Promise<{ body: string; effectId: string }[]> {
    const { body } = await detent().get(`/dev/sms?to=${encodeURIComponent(phone)}`);
    return body['messages'] as unknown as { body: string; effectId: string }[];
  }

  /** Waits until a phone has got that many. */
  const sms = (person: Person, count: number) =>
    eventually(
      () => messages(person),
      ({ length }) => length === count,
      PATIENCE_MS,
    );

  /** The page as AWS serves it: nothing lies beside it. */
  async function open(options?: BrowserContextOptions): Promise<Page> {
    const context = await harness.context(options);
    await context.route(
      ({ pathname }) => pathname === '/',
      (route) => withoutAside(route),
    );
    const page = await context.newPage();
    await page.goto('/');
    return page;
  }

  /** A page that waits for the code of somebody new. */
  async function atCode(options?: BrowserContextOptions): Promise<{ page: Page; person: Person }> {
    const [page, person] = await Promise.all([open(options), newPerson()]);
    await givePassword(page, person);
    await heading(page, 'Enter the code');
    return { page, person };
  }

  /** A page on which somebody new is signed in. */
  async function signedIn(options?: BrowserContextOptions): Promise<{ page: Page; person: Person }> {
    const { page, person } = await atCode(options);
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    return { page, person };
  }

  /** The code on a phone, once it is there. */
  async function code(person: Person): Promise<string> {
    const [first] = await eventually(
      () => messages(person),
      ({ length }) => length > 0,
      PATIENCE_MS,
    );
    return first?.body.slice(0, 6) ?? '';
  }

  return {
    ...harness,
    ...{ newPerson, messages, sms, open, atCode, signedIn, code },
    /** A six-digit code that is not the right one. */
    async wrongCode(person: Person, step = 1): Promise<string> {
      return String((Number(await code(person)) + step) % 1_000_000).padStart(6, '0');
    },
    /** Moves the clock of the process; the page is told, as the demonstration does, unless that is what is looked at. */
    async advance(page: Page, advanceSeconds: number): Promise<void> {
      await detent().post('/dev/clock', { advanceSeconds });
      await refresh(page);
    },
    /** Requests to the API about logins, without those that only look. */
    asked: (page: Page): string[] =>
      harness
        .seen(page)
        .requests.filter((request) => /^(POST|DELETE) \/(logins|session)/.test(request))
        .map((request) => request.replace(/\/logins\/[^/]+/, '/logins/ID')),
    loginIds: (page: Page): string[] => [
      ...new Set(harness.seen(page).requests.flatMap((one) => /\/logins\/([^/]+)/.exec(one)?.[1] ?? [])),
    ],
  };
}

async function withoutAside(route: Route): Promise<void> {
  const response = await route.fetch();
  const body = (await response.text()).replace(/<aside[\s\S]*?<\/aside>\s*<script[^>]*><\/script>/, '');
  await route.fulfill({ response, body });
}

export const field = {
  username: (page: Page) => page.getByLabel('User name'),
  password: (page: Page) => page.getByLabel('Password', { exact: true }),
  code: (page: Page) => page.getByLabel('Code', { exact: true }),
};

/** Waits for a screen, by its heading. */
export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true, level: 1 }).waitFor({ timeout: PATIENCE_MS });

/** Waits for a text on the page that somebody sees. */
export const shows = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator('#page').getByText(text).first().waitFor({ timeout: PATIENCE_MS });

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

export async function givePassword(page: Page, { username, password }: Omit<Person, 'phone'>): Promise<void> {
  await field.username(page).fill(username);
  await field.password(page).fill(password);
  await press(page, 'Continue');
}

export async function giveCode(page: Page, code: string): Promise<void> {
  await field.code(page).fill(code);
  await press(page, 'Sign in');
}

/** What the demonstration does when it has changed something. */
export const refresh = (page: Page): Promise<unknown> =>
  page.evaluate("window.dispatchEvent(new Event('detent:refresh'))");

/** Waits until this is said to those who do not see. */
export const said = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator('#said').getByText(text).waitFor({ state: 'attached', timeout: PATIENCE_MS });

/** What has the focus: its name where it is a field, otherwise its text. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate('document.activeElement.name || document.activeElement.textContent');

/** Waits until the focus is there. */
export const focusOn = (page: Page, what: string): Promise<string> =>
  eventually(
    () => focused(page),
    (seen) => seen === what,
    PATIENCE_MS,
  );

/** Waits for an answer to a request of the page. */
export const answer = (page: Page, method: string, path: RegExp): Promise<Response> =>
  page.waitForResponse(
    (response) => response.request().method() === method && path.test(new URL(response.url()).pathname),
  );

/** Stands the clock still by which the page looks now and then; one that is under way by now has been seen when this ends. */
const stopLooks = (page: Page): Promise<unknown> =>
  page.evaluate(`((now) => {
    performance.now = () => now;
    return new Promise((resolve) => setTimeout(resolve, 300));
  })(performance.now())`);

/** Does something that makes the page ask the API at once, and not when it would have looked anyway. */
export async function asksAtOnce(page: Page, path: RegExp, act: () => Promise<unknown>): Promise<void> {
  await stopLooks(page);
  await Promise.all([
    page.waitForRequest((request) => path.test(new URL(request.url()).pathname), { timeout: PATIENCE_MS }),
    act(),
  ]);
  await page.evaluate('delete performance.now');
}
