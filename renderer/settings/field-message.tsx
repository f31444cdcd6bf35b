import { t } from '../../shared/messages/message.ts';
import { fieldErrorText } from '../parts/field-error-text.ts';
import type { FieldError } from './settings-draft.ts';
import classes from './settings-form.module.css';

type FieldMessageProps = {
  readonly error: FieldError;
  readonly onCorrect: (suggestion: NonNullable<FieldError['suggestion']>) => void;
};

/** The error of a field, with a button that applies the suggestion. */
export function FieldMessage({ error: { message, suggestion }, onCorrect }: FieldMessageProps) {
  return (
    <>
      {fieldErrorText(message)}
      {suggestion !== undefined && (
        <button type="button" className={classes.meant} onClick={() => onCorrect(suggestion)}>
          {t('settings.use', { meant: suggestion.meant })}
        </button>
      )}
    </>
  );
}
