import { type RefObject, useRef, useState } from 'react';
import type { Quote } from '../../shared/domain/quote.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { duplicateOf } from './model/free-rule-id.ts';
import { ruleOfLevel, type TemplateCoin } from './model/rule-templates.ts';
import type { RulesData } from './model/rules-data.ts';
import type { RulesStart } from './model/rules-start.ts';
import { RuleEditor } from './rule-editor.tsx';
import { RuleList } from './rule-list.tsx';
import { RuleTemplates } from './rule-templates.tsx';

type RulesBodyProps = {
  readonly start: RulesStart;
  readonly data: RulesData;
  readonly hasUnsaved: RefObject<boolean>;
  readonly onLeave: (then: () => void) => void;
};

type View =
  | { readonly kind: 'list' }
  | { readonly kind: 'templates' }
  | { readonly kind: 'edit'; readonly rule: Rule; readonly isNew: boolean };

/** The contents of the dialog: the list, the templates for a new rule, or the editor. */
export function RulesBody({ start, data, hasUnsaved, onLeave }: RulesBodyProps) {
  const quotes = useSnapshot((snapshot) => snapshot.quotes) ?? NO_QUOTES;
  const coinOf = (coinId: string): TemplateCoin => ({
    coinId,
    price: quotes.find((quote) => quote.coinId === coinId)?.price ?? null,
  });
  const taken = data.rules.map(({ id }) => id);
  const [view, setView] = useState<View>(() => firstView(start, data, taken, coinOf));
  const body = useRef<HTMLDivElement>(null);
  const coinId = start.show === 'list' ? start.coinId : null;
  const [firstCoin] = data.watched;

  const show = (next: View): void => {
    setView(next);
    // The focused element is removed with the view. The new one is shown from its beginning, below the dialog's header.
    setTimeout(() => {
      body.current?.focus({ preventScroll: true });
      body.current?.scrollIntoView({ block: 'start' });
    });
  };
  const showList = (): void => {
    hasUnsaved.current = false;
    show({ kind: 'list' });
  };

  return (
    <div ref={body} tabIndex={-1} style={{ outline: 'none', scrollMarginTop: 100 }}>
      {view.kind === 'list' && (
        <RuleList
          data={data}
          coinId={coinId}
          onAdd={() => show({ kind: 'templates' })}
          onEdit={(rule) => show({ kind: 'edit', rule, isNew: false })}
          onDuplicate={(rule) => show({ kind: 'edit', rule: duplicateOf(rule, taken), isNew: true })}
        />
      )}
      {view.kind === 'templates' && (
        <RuleTemplates
          kinds={data.kinds}
          coin={coinId === null ? null : coinOf(coinId)}
          first={firstCoin === undefined ? null : coinOf(firstCoin)}
          taken={taken}
          onChoose={(rule) => show({ kind: 'edit', rule, isNew: true })}
          onBack={showList}
        />
      )}
      {view.kind === 'edit' && (
        <RuleEditor
          rule={view.rule}
          isNew={view.isNew}
          data={data}
          hasUnsaved={hasUnsaved}
          onBack={() => onLeave(showList)}
          onSaved={showList}
        />
      )}
    </div>
  );
}

const NO_QUOTES: readonly Quote[] = [];

function firstView(
  start: RulesStart,
  { rules, locked }: RulesData,
  taken: readonly string[],
  coinOf: (coinId: string) => TemplateCoin,
): View {
  // The list shows why rules cannot be changed.
  if (locked !== null) return { kind: 'list' };
  if (start.show === 'level')
    return { kind: 'edit', rule: ruleOfLevel(coinOf(start.coinId), start.price, taken), isNew: true };
  const rule = start.show === 'rule' ? rules.find(({ id }) => id === start.id) : undefined;
  return rule === undefined ? { kind: 'list' } : { kind: 'edit', rule, isNew: false };
}
