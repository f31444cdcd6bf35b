import { type CSSVariablesResolver, createTheme, defaultVariantColorsResolver } from '@mantine/core';

const FONT = '"Inter", "Inter Variable", "SF Pro Text", system-ui, "Segoe UI", "Noto Sans", sans-serif';

/** The Mantine theme: small, square components in the colours of `styles/tokens.css`. */
export const theme = createTheme({
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  defaultRadius: 4,
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '17px' },
  headings: { fontFamily: FONT, fontWeight: '600' },
  components: {
    // Inputs in a row are aligned, whether or not they have a description.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] } },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  // A filled button is dark with light text in the light scheme and inverted in the dark one; Mantine's text is white in both.
  variantColorResolver: (input) => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === 'filled' && { color: 'var(--panel)' }),
  }),
});

const variables = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--ink-1)',
  '--mantine-color-dimmed': 'var(--ink-3)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink-1)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-error': 'var(--down-text)',
  '--mantine-primary-color-filled': 'var(--ink-1)',
  '--mantine-primary-color-filled-hover': 'var(--ink-2)',
  '--mantine-primary-color-contrast': 'var(--panel)',
};

/** Maps Mantine's colour variables to ours, which depend on the colour scheme. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variables,
  dark: { ...variables, '--mantine-color-dark-6': 'var(--hover)' },
});
