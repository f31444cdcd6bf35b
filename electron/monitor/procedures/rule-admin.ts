import { ApiError } from '../../../shared/contract/api-error.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { RuleSolution } from '../../../shared/domain/rule-solution.ts';
import type { HeldCoin, RuleKindView, RulePreview } from '../../../shared/domain/rule-view.ts';
import { message } from '../../../shared/messages/message.ts';
import { mergeChange } from '../../../shared/settings/merge-change.ts';
import { rulesInForce } from '../../../shared/settings/rules-in-force.ts';
import { ruleFieldFaults } from '../alerts/bound-rule.ts';
import { ruleKindViews } from '../alerts/rules-json-schema.ts';
import { Superseded } from '../backtest/editor-runs.ts';
import { NoPrices } from '../backtest/past-prices.ts';
import type { RuleHolding } from '../backtest/rule-holding.ts';
import type { RulePreviews } from '../backtest/rule-previews.ts';
import { NotSolvable, type RuleSolver, type SolveRequest } from '../backtest/rule-solver.ts';
import type { SettingsWriter } from '../settings/settings-writer.ts';

/** Operations of users on rules. */
export type RuleAdmin = {
  kinds(): readonly RuleKindView[];
  /**
   * Saves a rule in the settings, replacing the one with its id.
   *
   * @throws ApiError that names the invalid fields, or `conflict`; errors of the settings writer
   */
  save(rule: Rule, options: SaveRuleOptions): Promise<void>;
  /**
   * Adds new rules, all or none.
   *
   * @throws like `save`
   */
  add(rules: readonly Rule[]): Promise<void>;
  /** @throws errors of the settings writer */
  remove(id: string): Promise<void>;
  /** @throws ApiError when the rule is invalid or the preview was superseded; errors of reading prices */
  preview(editor: string, rule: Rule, coinId: string): Promise<RulePreview>;
  /** @throws like `preview` */
  holding(editor: string, rule: Rule, coinIds: readonly string[]): Promise<readonly HeldCoin[]>;
  /**
   * @throws ApiError when the parameter cannot be solved for, nothing is stored or it was superseded; errors of reading prices
   */
  solve(editor: string, request: SolveRequest): Promise<RuleSolution>;
};

export type SaveRuleOptions = {
  readonly isNew: boolean;
  /** The position of a new rule. */
  readonly at?: number | undefined;
  /** The version of the rule that the change is based on: later changes by others are kept. */
  readonly shown?: Rule | undefined;
};

export type RuleTrialsOptions = {
  readonly previews: RulePreviews;
  readonly holding: RuleHolding;
  readonly solver: RuleSolver;
};

export type RuleAdminOptions = RuleTrialsOptions & {
  readonly settingsWriter: Pick<SettingsWriter, 'update'>;
};

export function createRuleAdmin(options: RuleAdminOptions): RuleAdmin {
  const { settingsWriter } = options;
  return {
    ...createRuleTrials(options),
    async save(rule, { isNew, at, shown }) {
      refuseFaults(rule);
      await settingsWriter.update((now) => {
        const { rules } = now;
        const wanted = isNew || shown === undefined ? rule : mergedRule(rule, shown, rulesInForce(now));
        const place = rules.findIndex(({ id }) => id === rule.id);
        if (!isNew && place >= 0) return { rules: rules.with(place, wanted) };
        refuseTaken(rule, rules);
        return { rules: rules.toSpliced(at ?? rules.length, 0, wanted) };
      });
    },
    async add(added) {
      for (const rule of added) refuseFaults(rule);
      await settingsWriter.update(({ rules }) => {
        for (const rule of added) refuseTaken(rule, rules);
        return { rules: [...rules, ...added] };
      });
    },
    remove: (id) =>
      settingsWriter.update(({ rules }) => {
        const left = rules.filter((rule) => rule.id !== id);
        return left.length < rules.length ? { rules: left } : {};
      }),
  };
}

/** Operations on rules that change nothing. */
export function createRuleTrials({
  previews,
  holding,
  solver,
}: RuleTrialsOptions): Pick<RuleAdmin, 'kinds' | 'preview' | 'holding' | 'solve'> {
  return {
    kinds: ruleKindViews,
    async preview(editor, rule, coinId) {
      refuseFaults(rule);
      return asApiErrors(previews.preview(editor, rule, coinId));
    },
    async holding(editor, rule, coinIds) {
      refuseFaults(rule);
      return asApiErrors(holding.holding(editor, rule, coinIds));
    },
    solve: (editor, request) => asApiErrors(solver.solve(editor, request)),
  };
}

/** Distinguishes errors that a page has to fix from those that may succeed later. */
async function asApiErrors<T>(trial: Promise<T>): Promise<T> {
  try {
    return await trial;
  } catch (cause) {
    if (cause instanceof NotSolvable) throw new ApiError('bad-request', cause.content, { cause });
    if (cause instanceof Superseded || cause instanceof NoPrices)
      throw new ApiError('unavailable', cause.content, { cause });
    throw cause;
  }
}

/**
 * Merges a changed rule with the changes that others have made since it was shown.
 *
 * @throws ApiError `conflict` when it no longer exists, or the changes conflict
 */
function mergedRule(rule: Rule, shown: Rule, rules: readonly Rule[]): Rule {
  const { id } = rule;
  const now = rules.find((one) => one.id === id);
  if (now === undefined) throw new ApiError('conflict', message('call.removed-meanwhile', { id }));
  const merged = mergeChange(shown, rule, now);
  // Parameters of different kinds cannot be merged.
  const isOfOtherKind = now.kind !== shown.kind && now.kind !== rule.kind;
  const isParamChange = JSON.stringify(rule.params) !== JSON.stringify(shown.params);
  if ((isOfOtherKind && isParamChange) || ruleFieldFaults(merged).length > 0)
    throw new ApiError('conflict', message('call.changed-meanwhile', { id }));
  return merged;
}

/** @throws ApiError when one of the rules has the id */
function refuseTaken({ id }: Rule, rules: readonly Rule[]): void {
  if (!rules.some((one) => one.id === id)) return;
  const fault = message('rule.id-taken', { id });
  throw new ApiError('bad-request', fault, { issues: [{ setting: 'id', message: fault }] });
}

/** @throws ApiError with an issue for each field that is wrong */
function refuseFaults(rule: Rule): void {
  const faults = ruleFieldFaults(rule);
  if (faults.length === 0) return;
  const issues = faults.map(({ field, fault }) => ({ setting: field, message: fault }));
  const of = issues.map((issue) =>
    message('setting.issue', { setting: issue.setting, fault: issue.message }),
  );
  throw new ApiError('bad-request', message('sentences', { of }), { issues });
}
