/** What the dialog is opened with. */
export type RulesStart =
  /** All rules, or those that watch a coin. */
  | { readonly show: 'list'; readonly coinId: string | null }
  /** A new rule for a level on a chart. */
  | { readonly show: 'level'; readonly coinId: string; readonly price: number }
  | { readonly show: 'rule'; readonly id: string };
