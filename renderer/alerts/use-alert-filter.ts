import { useCallback, useEffect, useState } from 'react';
import { type FilterChoice, type FilterName, filterOfLink, linkOfFilter } from './filter-link.ts';

export type AlertFilterState = {
  readonly choice: FilterChoice;
  /** Sets one part of the filter; an empty text removes it. */
  change(name: FilterName, value: string): void;
  clear(): void;
};

/** The filter of the list of alerts. It is kept in the address, so that it can be bookmarked and shared. */
export function useAlertFilter(): AlertFilterState {
  const [choice, setChoice] = useState(() => filterOfLink(window.location.hash));

  useEffect(() => {
    const link = linkOfFilter(choice);
    const isOurs = window.location.hash.startsWith('#alerts?');
    if (link === window.location.hash || (link === '' && !isOurs)) return;
    // With an empty string, `replaceState` would leave the address as it is.
    window.history.replaceState(
      null,
      '',
      link === '' ? window.location.pathname + window.location.search : link,
    );
  }, [choice]);

  const change = useCallback((name: FilterName, value: string): void => {
    setChoice(({ [name]: _before, ...rest }) => (value === '' ? rest : { ...rest, [name]: value }));
  }, []);

  return { choice, change, clear: () => setChoice({}) };
}
