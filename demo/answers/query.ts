/** The parameters of a request. */
export type Query = {
  text(name: string): string | null;
  /** Values separated by commas, without empty ones. */
  list(name: string): readonly string[];
  /** The values of a parameter that may be there several times. */
  each(name: string): readonly string[];
  /** The names of all parameters. */
  names(): readonly string[];
  flag(name: string): boolean;
  /** A whole number within limits, or `otherwise` when absent. Throws for anything else. */
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
        throw parameterError(`Invalid ${name}: a whole number from ${least} to ${most} is wanted`);
      }
      return value;
    },
  };
}

/** An answer that is an error, worded as CoinGecko words them unless it has a body of its own. */
export class AnswerError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, body: unknown = { error: message }) {
    super(message);
    this.name = 'AnswerError';
    this.status = status;
    this.body = body;
  }
}

/** CoinGecko answers 422 to a parameter that is missing or wrong. */
export function parameterError(message: string): AnswerError {
  return new AnswerError(422, message);
}
