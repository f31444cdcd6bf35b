import { useState } from 'react';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

/** What can be taken along of a chart. */
export type ChartExports = {
  /** For file names, without an ending. */
  readonly name: string;
  readonly svg: () => Promise<string>;
  readonly csv: () => string;
  readonly link: () => string;
};

/** The chart as a picture, as numbers, and as a link. */
export function ShareMenu({ exports }: { readonly exports: ChartExports }) {
  const [said, say] = useState<string | null>(null);
  const run = (done: string, work: () => Promise<void>) => async () => {
    try {
      await work();
      say(done);
    } catch (error) {
      say(`That did not work: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const save = async (ending: string, content: Blob): Promise<void> => {
    const { saveFile } = await import('../export/save-file.ts');
    saveFile(`${exports.name}.${ending}`, content);
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
    <MenuButton label="Share">
      <p className={classes.heading}>Save</p>
      <div className={classes.row}>
        {item('PNG', 'Saved.', async () => save('png', await png()))}
        {item('SVG', 'Saved.', () =>
          exports.svg().then((svg) => save('svg', new Blob([svg], { type: 'image/svg+xml' }))),
        )}
        {item('CSV', 'Saved.', () => save('csv', new Blob([exports.csv()], { type: 'text/csv' })))}
      </div>
      <p className={classes.heading}>Copy</p>
      <div className={classes.row}>
        {item('Picture', 'The picture is on the clipboard.', async () =>
          navigator.clipboard.write([new ClipboardItem({ 'image/png': png() })]),
        )}
        {item('Numbers', 'The numbers are on the clipboard.', () =>
          navigator.clipboard.writeText(exports.csv()),
        )}
        {item('Link', 'The link is on the clipboard.', () => navigator.clipboard.writeText(exports.link()))}
      </div>
      <p className={classes.hint} role="status">
        {said}
      </p>
    </MenuButton>
  );
}
