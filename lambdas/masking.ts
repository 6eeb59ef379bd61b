/** Hides what no log line may hold: codes, passwords, tokens, phone numbers, bodies. Rather too much than too little. */

const HIDDEN = '[hidden]';

/** Fields whose value is hidden whatever it is; also as the last word of a longer name, such as `accessToken`. */
const secretField =
  /(^(body|code|payload|event|reply|cause|otp|cookie)$)|(password|passcode|token|phone|secret|authorization)$/i;

const patterns: readonly [RegExp, string][] = [
  // Authorization header (RFC 6750), then bare JWTs (RFC 7519): a JSON object in base64url begins with eyJ.
  [/\bbearer\s+[\w.~+/-]+=*/gi, 'Bearer [hidden]'],
  [/\beyJ[\w-]+(\.[\w-]*){0,4}/g, '[token]'],
  // E.164: a plus and 8 to 15 digits; an instant's offset (+0100) is shorter.
  [/\+[1-9]\d{7,14}(?!\d)/g, '[phone]'],
  [/(?<![A-Za-z0-9])\d{6}(?![A-Za-z0-9])/g, '[code]'],
];

export const maskText = (text: string): string =>
  patterns.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text);

/**
 * A copy of a value for the log. Errors keep their name, message, stack and own fields, all masked. Numbers stay: a code
 * is a text everywhere in this product.
 */
export function mask(value: unknown, ancestors: readonly unknown[] = []): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ancestors.includes(value)) return '[circular]';
  const within = [...ancestors, value];
  if (Array.isArray(value)) return value.map((one) => mask(one, within));
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) return HIDDEN;
  const fields = Object.entries(value);
  if (Error.isError(value)) {
    const { name, message, stack } = value;
    fields.unshift(['name', name], ['message', message], ['stack', stack]);
  }
  return Object.fromEntries(
    fields.map(([name, one]) => [maskText(name), secretField.test(name) ? HIDDEN : mask(one, within)]),
  );
}
