import { type ComponentType, type ReactNode, useLayoutEffect, useState } from 'react';
import { loadWithStyles } from './failed-styles.ts';
import { PartBoundary } from './part-boundary.tsx';
import type { PartName } from './part-failure.tsx';

type Code<P extends object> = {
  /** Loads the component: the same function each time. Called again after a failure. */
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
  /** Shown while loading. */
  readonly waiting?: ReactNode;
};

type LazyPartProps<P extends object> = Code<P> & {
  readonly part: PartName;
  readonly resetKeys?: readonly unknown[];
  readonly onClose?: () => void;
};

/**
 * A part of the page whose code is loaded on demand. The program that serves the code may have exited by then, which must
 * not break the page.
 */
export function LazyPart<P extends object>(props: LazyPartProps<P>) {
  const { part, resetKeys = [], onClose, load, props: given, waiting = null } = props;
  return (
    <PartBoundary part={part} resetKeys={resetKeys} onClose={onClose}>
      <LoadedPart load={load} props={given} waiting={waiting} />
    </PartBoundary>
  );
}

/** The loaded components, by the functions that load them. */
const loaded = new WeakMap<object, unknown>();

type State<P extends object> =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly Part: ComponentType<P> }
  | { readonly status: 'failed'; readonly error: unknown };

/**
 * Does not use `Suspense`, which shows a fallback for at least 300 ms, and even for code that is already loaded.
 */
function LoadedPart<P extends object>({ load, props, waiting }: Code<P>) {
  const [state, setState] = useState<State<P>>(() => {
    const Part = loaded.get(load) as ComponentType<P> | undefined;
    return Part === undefined ? { status: 'loading' } : { status: 'loaded', Part };
  });
  const isLoading = state.status === 'loading';
  useLayoutEffect(() => {
    if (!isLoading) return;
    let isWanted = true;
    const show = (next: State<P>): void => {
      if (isWanted) setState(next);
    };
    loadWithStyles(load).then(
      (Part) => {
        loaded.set(load, Part);
        show({ status: 'loaded', Part });
      },
      (error: unknown) => show({ status: 'failed', error }),
    );
    return () => {
      isWanted = false;
    };
  }, [load, isLoading]);
  // The surrounding boundary shows the error. When it renders its children again, the code is loaded again.
  if (state.status === 'failed') throw state.error;
  return state.status === 'loaded' ? <state.Part {...props} /> : waiting;
}
