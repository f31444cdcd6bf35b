import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../monitor/time/clock.ts';
import type { TrayAction } from './tray-menu.ts';
import type { TrayModel } from './tray-model.ts';
import { createTrayView } from './tray-view.ts';

const CALM: TrayModel = {
  icon: 'calm',
  tooltip: 'Bitcoin $1',
  title: '',
  menu: [
    { kind: 'action', label: 'R&D coin', action: { do: 'show', place: null } },
    { kind: 'separator' },
    { kind: 'submenu', label: 'More', items: [{ kind: 'action', label: 'Quit', action: { do: 'quit' } }] },
  ],
};

/** A tray that records the last value that was set and how often values were set. */
function standIn() {
  const clock = virtualClock(1_000_000);
  const seen = { image: '', toolTip: '', title: '', menu: [] as MenuItemConstructorOptions[], changes: 0 };
  const tray = {
    setImage: (image) => {
      seen.image = String(image);
      seen.changes += 1;
    },
    setToolTip: (text) => {
      seen.toolTip = text;
      seen.changes += 1;
    },
    setTitle: (title) => {
      seen.title = title;
      seen.changes += 1;
    },
    setContextMenu: (menu) => {
      seen.menu = menu as unknown as MenuItemConstructorOptions[];
      seen.changes += 1;
    },
    destroy: () => {
      seen.image = 'none';
    },
  } satisfies Pick<Tray, 'setImage' | 'setToolTip' | 'setTitle' | 'setContextMenu' | 'destroy'>;
  const actions: TrayAction[] = [];
  let model = CALM;
  const view = createTrayView({
    tray,
    image: (icon) => icon as unknown as NativeImage,
    buildMenu: (template) => template as unknown as Menu,
    model: () => model,
    onAction: (action) => actions.push(action),
    platform: 'darwin',
    clock,
  });
  const change = (next: Partial<TrayModel>): void => {
    model = { ...model, ...next };
    view.changed();
  };
  const changePrice = (tooltip: string): void => {
    model = { ...model, tooltip };
    view.pricesChanged();
  };
  return { clock, seen, actions, view, change, changePrice };
}

describe('the tray', () => {
  it('shows its model immediately', () => {
    const { seen } = standIn();
    expect(seen).toMatchObject({ image: 'calm', toolTip: 'Bitcoin $1' });
    expect(seen.menu.map(({ label, type }) => label ?? type)).toEqual(['R&&D coin', 'separator', 'More']);
  });

  it('applies only the latest of a hundred changes within a second', async () => {
    const { clock, seen, change } = standIn();
    for (let price = 2; price <= 101; price++) {
      change({ tooltip: `Bitcoin $${price}` });
      await clock.advance(10);
    }
    const before = seen.changes;
    await clock.advance(1_000);
    expect(seen.toolTip).toBe('Bitcoin $101');
    expect(seen.changes - before).toBeLessThanOrEqual(1);
    expect(before).toBeLessThanOrEqual(4); // image, tooltip and menu at the start, and the tooltip of one second
  });

  it('shows prices two seconds after the last update, and an alert in between after one second', async () => {
    const { clock, seen, change, changePrice } = standIn();
    changePrice('Bitcoin $2');
    await clock.advance(1_999);
    expect(seen.toolTip).toBe('Bitcoin $1');
    await clock.advance(1);
    expect(seen.toolTip).toBe('Bitcoin $2');
    changePrice('Bitcoin $3');
    change({ icon: 'alert' });
    await clock.advance(999);
    expect(seen).toMatchObject({ image: 'calm', toolTip: 'Bitcoin $2' });
    await clock.advance(1);
    expect(seen).toMatchObject({ image: 'alert', toolTip: 'Bitcoin $3' });
  });

  it('is not updated again for prices that another update has already shown', async () => {
    const { clock, seen, change, changePrice } = standIn();
    changePrice('Bitcoin $2');
    await clock.advance(1_900);
    change({ icon: 'alert' });
    await clock.advance(0);
    expect(seen).toMatchObject({ image: 'alert', toolTip: 'Bitcoin $2' });
    changePrice('Bitcoin $3');
    await clock.advance(1_999);
    expect(seen.toolTip).toBe('Bitcoin $2');
    await clock.advance(1);
    expect(seen.toolTip).toBe('Bitcoin $3');
  });

  it('updates the prices in its menu every ten seconds, and everything else immediately', async () => {
    const { clock, seen, change } = standIn();
    const coin = (label: string): TrayModel['menu'] => [
      { kind: 'action', label, action: { do: 'show', place: { kind: 'coin', coinId: 'bitcoin' } } },
    ];
    await clock.advance(60_000);
    change({ menu: coin('Bitcoin $1') });
    await clock.advance(0);
    expect(seen.menu.map(({ label }) => label)).toEqual(['Bitcoin $1']);

    change({ menu: coin('Bitcoin $2') });
    await clock.advance(9_999);
    expect(seen.menu.map(({ label }) => label)).toEqual(['Bitcoin $1']);
    await clock.advance(1);
    expect(seen.menu.map(({ label }) => label)).toEqual(['Bitcoin $2']);

    change({ menu: [...coin('Bitcoin $3'), { kind: 'text', label: 'Alerts are paused' }] });
    await clock.advance(1_000);
    expect(seen.menu.map(({ label }) => label)).toEqual(['Bitcoin $3', 'Alerts are paused']);
  });

  it('shows a change immediately when nothing has changed for a while', async () => {
    const { clock, seen, change } = standIn();
    await clock.advance(60_000);
    change({ icon: 'alert' });
    await clock.advance(0);
    expect(seen.image).toBe('alert');
  });

  it('updates nothing when nothing displayed has changed', async () => {
    const { clock, seen, change } = standIn();
    const before = seen.changes;
    change({ menu: structuredClone(CALM.menu) });
    await clock.advance(5_000);
    expect(seen.changes).toBe(before);
  });

  it('reports clicks, also in a submenu', () => {
    const { seen, actions } = standIn();
    const click = (item: MenuItemConstructorOptions | undefined): void =>
      item?.click?.({} as never, undefined, {} as never);
    click(seen.menu[0]);
    const [submenu] = [seen.menu[2]?.submenu].flat() as MenuItemConstructorOptions[];
    click(submenu);
    expect(actions).toEqual([{ do: 'show', place: null }, { do: 'quit' }]);
  });

  it('is removed when it is closed, and ignores later changes', async () => {
    const { clock, seen, view, change } = standIn();
    change({ icon: 'stale' });
    view.close();
    await clock.advance(5_000);
    expect(seen.image).toBe('none');
  });
});
