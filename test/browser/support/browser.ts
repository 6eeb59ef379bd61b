/** A real browser on a real process: what a person sees, and what the page did that a person does not see. */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { type Environment, type Started, start } from '../../support/process.ts';
import { temporaryFolder } from '../../support/tables.ts';

export const phone: BrowserContextOptions = { viewport: { width: 320, height: 640 }, hasTouch: true };
export const dark: BrowserContextOptions = { colorScheme: 'dark' };

/** What went wrong in a page that its user need not notice. */
export interface Watched {
  /** Errors that nobody caught, and what broke the Content-Security-Policy. */
  errors: string[];
  /** Addresses outside of the process that were asked for. */
  elsewhere: string[];
  /** Every request to the API, as `POST /logins`. */
  requests: string[];
}

/** For a test file: one browser, and one process of Detent for all of its tests. */
export function inBrowser(environment: Environment = {}) {
  const folder = temporaryFolder();
  let browser: Browser;
  let detent: Started;
  const contexts: BrowserContext[] = [];
  const watched = new Map<Page, Watched>();

  beforeAll(async () => {
    const executablePath = process.env['CHROMIUM'];
    if (!executablePath) throw new Error('No browser is named. These tests are run by: npm run test:browser');
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--font-render-hinting=none',
      ],
    });
    detent = await start(folder.path, environment);
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    const errors = [...watched.values()].flatMap((one) => [...one.errors, ...one.elsewhere]);
    watched.clear();
    expect(errors).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await detent?.stop('SIGKILL');
    folder.remove();
  });

  /** Notes what nobody would see. A failed request is no error here: pages are expected to live with these. */
  function watch(page: Page): Watched {
    const seen: Watched = { errors: [], elsewhere: [], requests: [] };
    watched.set(page, seen);
    page.on('pageerror', (error) => seen.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
        seen.errors.push(message.text());
    });
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (!request.url().startsWith('data:') && origin !== detent.url) seen.elsewhere.push(request.url());
      if (request.resourceType() === 'fetch') seen.requests.push(`${request.method()} ${pathname}`);
    });
    return seen;
  }

  /** A window of its own, with nothing in its storage. */
  async function context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const made = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      baseURL: detent.url,
      ...options,
    });
    contexts.push(made);
    made.on('page', watch);
    return made;
  }

  return {
    context,
    /** A page in a window of its own. */
    async page(path: string, options?: BrowserContextOptions): Promise<Page> {
      const page = await (await context(options)).newPage();
      await page.goto(path);
      return page;
    },
    /** A page of somebody else, such as that of the payment provider: what it does is not ours to watch. */
    async elsewhere(url: string): Promise<Page> {
      const made = await browser.newContext();
      contexts.push(made);
      const page = await made.newPage();
      await page.goto(url);
      return page;
    },
    seen: (page: Page): Watched => watched.get(page) ?? watch(page),
    detent: () => detent,
    /**
     * Ends the process as a power cut would, and starts it again on the same data and the same port.
     *
     * @param meanwhile while there is no process; with its data folder.
     */
    async restart(meanwhile?: (folder: string) => unknown): Promise<void> {
      const { port } = new URL(detent.url);
      await detent.stop('SIGKILL');
      await meanwhile?.(folder.path);
      detent = await start(folder.path, { ...environment, PORT: port });
    },
  };
}

/** Every rule of WCAG 2.0 to 2.2, A and AA, and axe's own best practices. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong in a page as it stands, in words; none is the aim. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    (values) => (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: { type: 'tag', values } }),
    tags,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
}

/** Whether nothing is wider than the window. */
export const fits = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth');
