import { text } from '../../shared/messages/message.ts';
import type { FieldError } from './settings-draft.ts';
import classes from './settings-form.module.css';

type FieldMessageProps = {
  readonly error: FieldError;
  readonly onCorrect: (suggestion: NonNullable<FieldError['suggestion']>) => void;
};

/** What is wrong with a field, with a button for what was probably meant. */
export function FieldMessage({ error: { message, suggestion }, onCorrect }: FieldMessageProps) {
  return (
    <>
      {text(message)}
      {suggestion !== undefined && (
        <button type="button" className={classes.meant} onClick={() => onCorrect(suggestion)}>
          Use {suggestion.meant}
        </button>
      )}
    </>
  );
}
