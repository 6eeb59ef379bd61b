/** What the tests deploy: the product as it is, with shorter times, and a flow for what a login does not use. */

export const testApp = 'node test/aws/app.ts';

/** As short as the settings allow: deadlines are waited for. */
export const testSettings = { codeSeconds: 30, resendCooldownSeconds: 2, sessionSeconds: 60 };

/** Likewise. A hold is long enough for what a scenario does with it. */
export const testPaymentSettings = { createdSeconds: 60, authorizedSeconds: 90, inquireSeconds: 11 };

/** Long enough that none passes by itself: a scenario lets them pass. Short enough that no entry expires meanwhile. */
export const testCheckoutSettings = {
  ...{ currency: 'EUR', returnUrl: 'https://shop.test/orders/{checkoutId}' },
  ...{ createSeconds: 600, refundSeconds: 600, fulfilmentSeconds: 3_600 },
};

export const testContext = {
  stage: 'dev',
  mfaLogin: JSON.stringify(testSettings),
  payment: JSON.stringify(testPaymentSettings),
  checkout: JSON.stringify(testCheckoutSettings),
};
