import { type ComponentType, lazy, type ReactNode, Suspense, useState } from 'react';
import { loadWithStyles } from './failed-styles.ts';
import { PartBoundary } from './part-boundary.tsx';
import type { PartName } from './part-failure.tsx';

type LazyPartProps<P extends object> = {
  readonly part: PartName;
  /** Loads the component. Called again after a failure. */
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
  /** Shown while loading. */
  readonly waiting?: ReactNode;
  readonly resetKeys?: readonly unknown[];
  readonly onClose?: () => void;
};

/**
 * A part of the page whose code is loaded on demand. The program that serves the code may have exited by then, which must
 * not break the page.
 */
export function LazyPart<P extends object>(props: LazyPartProps<P>) {
  const { part, load, waiting = null, resetKeys = [], onClose } = props;
  // React caches the failure of a lazy component, so a retry needs a new one.
  const [Part, setPart] = useState(() => lazyOf(load));
  return (
    <PartBoundary part={part} resetKeys={resetKeys} onReset={() => setPart(lazyOf(load))} onClose={onClose}>
      <Suspense fallback={waiting}>
        <Part {...props.props} />
      </Suspense>
    </PartBoundary>
  );
}

function lazyOf<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return lazy(async () => ({ default: await loadWithStyles(load) })) as unknown as ComponentType<P>;
}
