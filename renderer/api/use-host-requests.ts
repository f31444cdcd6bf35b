import { useEffect, useEffectEvent } from 'react';
import type { PagePart, Place } from '../../shared/contract/place.ts';
import { useMonitor } from './monitor-context.ts';

/** Shows what the host requests: a choice in the tray's menu, a click on a notification, a key. */
export function useHostRequests(show: (place: Place) => void): void {
  const { hostRequests } = useMonitor();
  const onShow = useEffectEvent(show);
  useEffect(() => hostRequests.follow((place) => onShow(place)), [hostRequests]);
}

/** Focuses a part of the page and scrolls it into view. The parts have the attribute `data-place`. */
export function focusPart(part: PagePart): void {
  const element = document.querySelector<HTMLElement>(`[data-place="${part}"]`);
  element?.scrollIntoView({ block: 'nearest' });
  element?.focus({ preventScroll: true });
}
