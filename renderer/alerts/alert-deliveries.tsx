import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AlertDelivery } from '../../shared/domain/delivery.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf, textOfError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import classes from './alert-deliveries.module.css';
import { describeDelivery } from './describe-delivery.ts';

const deliveriesKey = (alertId: string) => ['deliveries', alertId];

/** How often the deliveries are fetched while one is pending or failing. */
const REFRESH_MS = 2_000;

/** The state of an alert's delivery on each channel. */
export function AlertDeliveries({ alertId }: { readonly alertId: string }) {
  const { client } = useMonitor();
  const { data, error } = useQuery({
    queryKey: deliveriesKey(alertId),
    queryFn: () => client.call('alerts.deliveries', { alertIds: [alertId] }),
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? REFRESH_MS : false),
  });
  if (error !== null)
    return <p className={classes.note}>{t('deliveries.unreadable', { reason: messageOf(error) })}</p>;
  if (data === undefined) return null;
  if (data.length === 0) return <p className={classes.note}>{t('deliveries.none')}</p>;
  return (
    <ul className={classes.list} aria-label={t('deliveries.title')} data-testid="deliveries">
      {data.map((delivery) => (
        <DeliveryLine key={delivery.channel} delivery={delivery} />
      ))}
    </ul>
  );
}

const isOpen = ({ status }: AlertDelivery): boolean => status === 'pending' || status === 'failed';

function DeliveryLine({ delivery }: { readonly delivery: AlertDelivery }) {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const { alertId, channel: id } = delivery;
  const words = useMonitorTime((now) => JSON.stringify(describeDelivery(delivery, now)));
  const { tone, channel, state } = JSON.parse(words) as ReturnType<typeof describeDelivery>;
  const again = useMutation({
    networkMode: 'always',
    mutationFn: () => client.call('channels.send-again', { id, alertIds: [alertId] }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deliveriesKey(alertId) }),
  });
  return (
    <li data-tone={tone}>
      <strong>{channel}</strong> <span>{state}</span>
      {delivery.status === 'dead' && (
        <button
          type="button"
          aria-label={t('deliveries.send-again-to', { channel })}
          disabled={again.isPending}
          onClick={() => again.mutate()}
        >
          {t('deliveries.send-again')}
        </button>
      )}
      {again.error !== null && <span role="status">{textOfError(again.error)}</span>}
      {again.data?.count === 0 && <span role="status">{t('deliveries.not-open')}</span>}
    </li>
  );
}
