/** The other pages of the process: what they are for, and where they are. */
export const otherPages = [
  { name: 'Login', path: '/', to: 'sign in with a password and a code' },
  { name: 'Shop', path: '/demo/shop', to: 'order something' },
  { name: 'Payments', path: '/demo/payments', to: 'hold money on a card, and take it' },
] as const;
