import { type ComponentType, lazy, type ReactNode, Suspense, useState } from 'react';
import { reloadFailedStyles } from './failed-styles.ts';
import { PartBoundary } from './part-boundary.tsx';

type LazyPartProps<P extends object> = {
  readonly name: string;
  /** Loads the component; called again after it failed. */
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
  /** What is shown meanwhile. */
  readonly waiting?: ReactNode;
  readonly resetKeys?: readonly unknown[];
  readonly onClose?: () => void;
};

/**
 * A part of the page whose code is loaded when it is wanted. The program that serves the code may have ended by then, which
 * must not take the page with it.
 */
export function LazyPart<P extends object>(props: LazyPartProps<P>) {
  const { name, load, waiting = null, resetKeys = [], onClose } = props;
  // React keeps what a lazy component has failed with, so trying again takes another.
  const [Part, setPart] = useState(() => lazyOf(load));
  return (
    <PartBoundary name={name} resetKeys={resetKeys} onReset={() => setPart(lazyOf(load))} onClose={onClose}>
      <Suspense fallback={waiting}>
        <Part {...props.props} />
      </Suspense>
    </PartBoundary>
  );
}

function lazyOf<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return lazy(async () => {
    await reloadFailedStyles();
    return { default: await load() };
  }) as unknown as ComponentType<P>;
}
