import type { Place } from '../../shared/contract/place.ts';
import type { Client } from './client.ts';

/** Places that the host wants the page to show. The latest one is kept until a component can show it. */
export type HostRequests = {
  /** Calls `show` with the kept place and all later ones, until the returned function is called. */
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
