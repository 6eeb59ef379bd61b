/** Pictures of the pages for the documentation. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';

const folder = resolve(import.meta.dirname, '../../../docs/pictures');

/** The share of pixels that ids, times and the fonts of another machine may change. */
const SAME = 0.04;

/**
 * Takes `docs/pictures/<name>.png`. The one that is there stays where it shows the same: ids and times differ from run to run.
 */
export async function picture(page: Page, name: string): Promise<void> {
  const taken = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const file = resolve(folder, `${name}.png`);
  if (existsSync(file) && isSame(PNG.sync.read(readFileSync(file)), PNG.sync.read(taken))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, taken);
}

export function isSame(one: PNG, other: PNG): boolean {
  const { width, height } = one;
  if (width !== other.width || height !== other.height) return false;
  return pixelmatch(one.data, other.data, undefined, width, height) <= SAME * width * height;
}
