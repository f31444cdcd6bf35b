import type { Place } from '../../shared/contract/place.ts';
import type { Client } from './client.ts';

/** Places that the host asks the page to show, one after the other; the latest waits until somebody can show it. */
export type HostRequests = {
  /** Calls `show` with what waits and with what comes, until the returned function is called. */
  follow(show: (place: Place) => void): () => void;
};

export function createHostRequests(client: Pick<Client, 'on'>): HostRequests {
  let waiting: Place | null = null;
  let follower: ((place: Place) => void) | null = null;

  client.on('show', (place) => {
    if (follower === null) waiting = place;
    else follower(place);
  });

  return {
    follow(show) {
      follower = show;
      if (waiting !== null) show(waiting);
      waiting = null;
      return () => {
        follower = null;
      };
    },
  };
}
