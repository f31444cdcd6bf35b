import { usePlotArea } from 'recharts';

/** Defines the clip path by which layers keep to the plot area. */
export function PlotClip({ id }: { readonly id: string }) {
  const plot = usePlotArea();
  if (plot === undefined) return null;
  return (
    <defs>
      <clipPath id={id}>
        <rect x={plot.x} y={plot.y} width={plot.width} height={plot.height} />
      </clipPath>
    </defs>
  );
}
