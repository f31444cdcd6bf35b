import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { ChannelView } from '../../shared/contract/channel-view.ts';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { ChannelKindView } from '../../shared/domain/channel.ts';
import type { Message } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import {
  type ChannelDraft,
  type ChannelErrors,
  draftOf,
  idFault,
  optionFields,
  saveOf,
  shownSetting,
} from './channel-draft.ts';
import { CHANNELS_KEY } from './channels-query.ts';

/** Why the channel was not saved. */
type Refusal = {
  readonly fields: ChannelErrors;
  /** The error when it is not about a field, or null. */
  readonly general: Message | null;
  /** True until a field is edited. After that the focus must not jump to another invalid field. */
  readonly isNew: boolean;
};

const ACCEPTED: Refusal = { fields: {}, general: null, isNew: false };

/** Whether the form has a field for a path, which can show its error. */
const hasField = (path: string): boolean => /^(id$|digestMinutes$|options\.|route\.)/.test(path);

type ChannelEditOptions = {
  readonly kinds: readonly ChannelKindView[];
  /** Names of the other channels. */
  readonly taken: readonly string[];
  /** Called when the monitor has saved the channel. */
  readonly onSaved: () => void;
};

/** The state of the form of a channel; null for a new one. */
export function useChannelEdit(opened: ChannelView | null, { kinds, taken, onSaved }: ChannelEditOptions) {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  // The list may change while the form is open: the channel may even be removed from it.
  const [channel] = useState(opened);
  const [first] = useState(() => draftOf(channel, kinds));
  const [draft, setDraft] = useState(first);
  const [refusal, setRefusal] = useState(ACCEPTED);
  const fields = optionFields(kinds, draft.kind);
  const saving = useMutation({
    networkMode: 'always',
    mutationFn: (input: ProcedureInput<'channels.save'>) => client.call('channels.save', input),
    onSuccess(channels) {
      queryClient.setQueryData(CHANNELS_KEY, channels);
      onSaved();
    },
    onError(error) {
      if (error instanceof ApiError && error.code === 'conflict')
        void queryClient.invalidateQueries({ queryKey: CHANNELS_KEY });
      const issues = error instanceof ApiError ? error.issues : [];
      setRefusal({
        fields: Object.fromEntries(issues.map(({ setting, message }) => [setting, message])),
        general: issues.some(({ setting }) => hasField(setting)) ? null : messageOf(error),
        isNew: true,
      });
    },
  });

  /** Changes a part of the draft, and clears the error of its field. */
  const change = (part: Partial<ChannelDraft>, path: string): void => {
    setDraft((before) => ({ ...before, ...part }));
    setRefusal(({ fields: { [path]: _cleared, ...others }, general }) => ({
      fields: others,
      general,
      isNew: false,
    }));
  };

  return {
    draft,
    fields,
    refusal,
    /** The error of the name while it is typed; null if it is valid or empty. */
    idFault: channel === null ? idFault(draft.id, taken) : null,
    isSaving: saving.isPending,
    hasUnsaved: JSON.stringify(draft) !== JSON.stringify(first),
    change,
    changeKind(kind: string) {
      setDraft((before) => ({ ...before, kind, options: {}, forgotten: [] }));
      setRefusal(ACCEPTED);
    },
    changeOption: (name: string, value: string | readonly string[]) =>
      change({ options: { ...draft.options, [name]: value } }, `options.${name}`),
    forget(name: string, isForgotten: boolean) {
      const others = draft.forgotten.filter((each) => each !== name);
      change({ forgotten: isForgotten ? [...others, name] : others }, `options.${name}`);
    },
    save() {
      const result = saveOf(draft, fields);
      setRefusal(result.ok ? ACCEPTED : { fields: result.errors, general: null, isNew: true });
      if (!result.ok) return;
      if (channel === null) saving.mutate({ ...result.input, isNew: true });
      else saving.mutate({ ...result.input, shown: shownSetting(channel, kinds) });
    },
  };
}
