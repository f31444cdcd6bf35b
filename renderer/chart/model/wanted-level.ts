/** A price on a chart at which the user wants to be alerted. */
export type WantedLevel = { readonly coinId: string; readonly vsCurrency: string; readonly price: number };
