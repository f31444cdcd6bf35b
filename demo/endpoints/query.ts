/** The parameters of a request. */
export type Query = {
  text(name: string): string | null;
  /** Values separated by commas, without empty ones. */
  list(name: string): readonly string[];
  /** The values of a parameter that may be repeated. */
  each(name: string): readonly string[];
  /** The names of all parameters. */
  names(): readonly string[];
  flag(name: string): boolean;
  /** An integer within limits, or `otherwise` when absent. Throws for anything else. */
  count(
    name: string,
    limits: { readonly least: number; readonly most: number; readonly otherwise: number },
  ): number;
};

export function createQuery(parameters: URLSearchParams): Query {
  const text = (name: string): string | null => parameters.get(name)?.trim() || null;
  return {
    text,
    list: (name) =>
      (text(name) ?? '')
        .split(',')
        .map((value) => value.trim())
        .filter((value) => value !== ''),
    each: (name) => parameters.getAll(name),
    names: () => [...parameters.keys()],
    flag: (name) => text(name) === 'true',
    count(name, { least, most, otherwise }) {
      const given = text(name);
      if (given === null) return otherwise;
      const value = Number(given);
      if (!Number.isInteger(value) || value < least || value > most) {
        throw parameterError(`Invalid ${name}: must be an integer from ${least} to ${most}`);
      }
      return value;
    },
  };
}

/** An error response, in CoinGecko's format unless it has its own body. */
export class HttpError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, body: unknown = { error: message }) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.body = body;
  }
}

/** CoinGecko responds with 422 to a missing or invalid parameter. */
export function parameterError(message: string): HttpError {
  return new HttpError(422, message);
}
