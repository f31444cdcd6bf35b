import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type FaultBook, faultRuleSchema } from './faults.ts';
import type { Ledger } from './ledger.ts';
import { type QuoteBoard, scriptedPriceSchema } from './quote-board.ts';
import type { Reply } from './send.ts';

export const CONTROL_PREFIX = '/__control/';

const MAX_BODY_BYTES = 1_000_000;

/** The schemas of the bodies of `/__control/<name>`. */
const commands = {
  price: z.strictObject({ coinId: z.string(), scripted: scriptedPriceSchema.nullable() }),
  fault: faultRuleSchema,
  'clear-faults': z.strictObject({}),
  freeze: z.strictObject({ at: z.number().nullable() }),
} as const;

/**
 * Lets another process control the server: POST `price`, `fault`, `clear-faults`, `freeze`; GET `served`, `requests`.
 * Requests from web pages are rejected, because any page could post to this machine.
 */
export async function control(
  request: IncomingMessage,
  path: string,
  parts: { readonly board: QuoteBoard; readonly faults: FaultBook; readonly ledger: Ledger },
): Promise<Reply> {
  const { board, faults, ledger } = parts;
  if (request.headers.origin !== undefined) return refusal(403, 'not for web pages');
  const name = path.slice(CONTROL_PREFIX.length);
  try {
    switch (`${request.method} ${name}`) {
      case 'GET served':
        return { status: 200, body: ledger.served() };
      case 'GET requests':
        return { status: 200, body: ledger.requests() };
      case 'POST price': {
        const { coinId, scripted } = commands.price.parse(await readJson(request));
        board.setPrice(coinId, scripted);
        break;
      }
      case 'POST fault':
        faults.set(commands.fault.parse(await readJson(request)));
        break;
      case 'POST clear-faults':
        commands['clear-faults'].parse(await readJson(request));
        faults.clear();
        break;
      case 'POST freeze':
        board.freeze(commands.freeze.parse(await readJson(request)).at);
        break;
      default:
        return refusal(404, `there is no control "${request.method} ${name}"`);
    }
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (error instanceof z.ZodError) return refusal(400, z.prettifyError(error));
    return refusal(400, error instanceof Error ? error.message : String(error));
  }
}

function refusal(status: number, message: string): Reply {
  return { status, body: { error: message } };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new RangeError('the body is too large');
  }
  return text === '' ? {} : JSON.parse(text);
}
