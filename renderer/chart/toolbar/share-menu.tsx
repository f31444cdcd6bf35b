import { useState } from 'react';
import { t } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

/** The exports of a chart. */
export type ChartExports = {
  /** For file names, without an extension. */
  readonly name: string;
  readonly svg: () => Promise<string>;
  readonly csv: () => string;
  readonly link: () => string;
};

/** Saves and copies the chart as a picture, as numbers, and as a link. */
export function ShareMenu({ exports }: { readonly exports: ChartExports }) {
  const [outcome, setOutcome] = useState<string | null>(null);
  const run = (done: string, work: () => Promise<void>) => async () => {
    try {
      await work();
      setOutcome(done);
    } catch (error) {
      setOutcome(t('share.failed', { reason: messageOf(error) }));
    }
  };
  const save = async (extension: string, content: Blob): Promise<void> => {
    const { saveFile } = await import('../../parts/save-file.ts');
    saveFile(`${exports.name}.${extension}`, content);
  };
  const png = async (): Promise<Blob> => {
    const { svgToPng } = await import('../export/chart-picture.ts');
    return svgToPng(await exports.svg());
  };
  const item = (label: string, done: string, work: () => Promise<void>) => (
    <button type="button" className={classes.button} onClick={run(done, work)}>
      {label}
    </button>
  );
  return (
    <MenuButton label={t('share.title')}>
      <p className={classes.heading}>{t('share.save')}</p>
      <div className={classes.row}>
        {item('PNG', t('share.saved'), async () => save('png', await png()))}
        {item('SVG', t('share.saved'), () =>
          exports.svg().then((svg) => save('svg', new Blob([svg], { type: 'image/svg+xml' }))),
        )}
        {item('CSV', t('share.saved'), () => save('csv', new Blob([exports.csv()], { type: 'text/csv' })))}
      </div>
      <p className={classes.heading}>{t('share.copy')}</p>
      <div className={classes.row}>
        {item(t('share.picture'), t('share.picture-copied'), async () =>
          navigator.clipboard.write([new ClipboardItem({ 'image/png': png() })]),
        )}
        {item(t('share.numbers'), t('share.numbers-copied'), () =>
          navigator.clipboard.writeText(exports.csv()),
        )}
        {item(t('share.link'), t('share.link-copied'), () => navigator.clipboard.writeText(exports.link()))}
      </div>
      <p className={classes.hint} role="status">
        {outcome}
      </p>
    </MenuButton>
  );
}
