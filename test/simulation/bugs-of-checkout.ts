/** Deliberate bugs of the checkout, and of what only it uses. */
import type { Edit } from './bugs.ts';

export const checkoutBugs: { [name: string]: Edit[] } = {};
