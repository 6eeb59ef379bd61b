/** Signs a request as an IAM caller (Signature Version 4; IAM User Guide, "Create a signed AWS API request"). */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

interface Unsigned {
  method: string;
  url: string;
  body: string;
  /** Only those that are given here are signed, and the host. */
  headers: { [name: string]: string };
}

/** The emulator's root of the account. */
export const root: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const REGION = 'us-east-1';
const SERVICE = 'execute-api';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** All but the unreserved characters of RFC 3986. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** @returns the headers to send: those that were given, and those of the signature. */
export function signed(
  { method, url, body, headers }: Unsigned,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  now = new Date(),
): { [name: string]: string } {
  const { host, pathname, searchParams } = new URL(url);
  const at = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = at.slice(0, 8);
  const all: { [name: string]: string } = {
    ...headers,
    'x-amz-date': at,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const canonical = Object.entries({ ...all, host }).map(([name, value]) => [
    name.toLowerCase(),
    value.trim(),
  ]);
  canonical.sort(([one = ''], [other = '']) => (one < other ? -1 : 1));
  const names = canonical.map(([name]) => name).join(';');
  const query = [...searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort();
  const request = [
    ...[method, pathname.split('/').map(encoded).join('/'), query.join('&')],
    ...canonical.map(([name, value]) => `${name}:${value}`),
    ...['', names, sha256(body)],
  ].join('\n');
  const scope = [day, REGION, SERVICE, 'aws4_request'].join('/');
  const text = ['AWS4-HMAC-SHA256', at, scope, sha256(request)].join('\n');
  const key = [day, REGION, SERVICE, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, text).toString('hex');
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
