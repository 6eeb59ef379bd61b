/** The package comes without types: this much of it is used. */
declare module 'autocannon' {
  export interface CannonRequest {
    method: 'GET' | 'POST';
    path: string;
    headers?: { [name: string]: string };
    body?: string;
    /** Called before each request; where it gives nothing, the connection begins again with its first request. */
    setupRequest?(request: CannonRequest, context: object): CannonRequest | undefined;
    onResponse?(status: number, body: string, context: object): void;
  }

  export interface CannonOptions {
    url: string;
    connections: number;
    /** Requests of all connections together. */
    amount: number;
    /** In seconds, for one answer. */
    timeout: number;
    /** Each connection does them in turn, with one `context` for each time through. */
    requests: CannonRequest[];
  }

  export interface CannonResult {
    errors: number;
    timeouts: number;
    non2xx: number;
  }

  export default function autocannon(options: CannonOptions): Promise<CannonResult>;
}
