import '../styles/mantine-forms.ts';
import { Button, Modal } from '@mantine/core';
import type { ReactNode, RefObject } from 'react';
import { t } from '../../shared/messages/message.ts';
import classes from './guarded-dialog.module.css';

/** The props of a dialog that is not closed with unsaved changes unless the user confirms. */
export type GuardedDialogProps = {
  /** Set by the dialog to whether there are unsaved changes. */
  readonly hasUnsaved: RefObject<boolean>;
  /** Whether the user is asked to discard unsaved changes. */
  readonly isLeaving: boolean;
  /** The user wants to close the dialog; there may be unsaved changes. */
  readonly onClose: () => void;
  /** Closes the dialog. */
  readonly onDone: () => void;
  /** Calls `then`, immediately or after the user has confirmed that unsaved changes are discarded. */
  readonly onLeave: (then: () => void) => void;
  readonly onStay: () => void;
  readonly onDiscard: () => void;
};

type Props = Pick<GuardedDialogProps, 'isLeaving' | 'onClose' | 'onStay' | 'onDiscard'> & {
  readonly title: ReactNode;
  /** The label of the button that closes the dialog. */
  readonly closeLabel: string;
  readonly question: string;
  /** The title and the buttons of the question, if closing would lose something other than unsaved changes. */
  readonly words?: { readonly title: string; readonly leave: string; readonly stay: string };
  readonly size: number;
  readonly children: ReactNode;
};

/** The `<header>` of a modal is not the page's banner. */
const NO_BANNER = { header: { role: 'none' } };
const DIALOG = { content: classes.dialog ?? '' };

/** A dialog, and above it the question whether to discard unsaved changes. */
export function GuardedDialog(props: Props) {
  const { title, closeLabel, question, words, size, isLeaving, onClose, onStay, onDiscard, children } = props;
  return (
    // Only the top modal of a stack handles keys: the Escape that opens the confirmation must not close it.
    <Modal.Stack>
      <Modal
        stackId="dialog"
        opened
        onClose={onClose}
        title={title}
        size={size}
        closeButtonProps={{ 'aria-label': closeLabel }}
        transitionProps={{ duration: 120 }}
        attributes={NO_BANNER}
        classNames={DIALOG}
      >
        {children}
      </Modal>
      <Modal
        stackId="question"
        opened={isLeaving}
        onClose={onStay}
        title={words?.title ?? t('settings.discard-title')}
        size={400}
        withCloseButton={false}
        transitionProps={{ duration: 120 }}
        attributes={NO_BANNER}
        classNames={DIALOG}
      >
        <p className={classes.question}>{question}</p>
        <div className={classes.footer}>
          <Button variant="default" onClick={onDiscard}>
            {words?.leave ?? t('settings.discard')}
          </Button>
          <Button variant="default" data-autofocus onClick={onStay}>
            {words?.stay ?? t('settings.keep-editing')}
          </Button>
        </div>
      </Modal>
    </Modal.Stack>
  );
}
