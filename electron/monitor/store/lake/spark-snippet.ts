import type { ArchivePlace } from '../../../../shared/settings/archive-url.ts';
import type { LakeArchive } from './lake-archive.ts';

/** Returns Python code that reads the ticks of an archive with Spark 3.3 or later. JSON strings are valid Python strings. */
export function sparkSnippet({ place }: LakeArchive): string {
  return `from pyspark.sql import SparkSession

spark = (
    SparkSession.builder
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    .getOrCreate()
)
ticks = spark.read.parquet(${JSON.stringify(`${rootOf(place)}ticks`)})
ticks.createOrReplaceTempView("ticks")
spark.sql("""
select source, coin_id, vs_currency, date(observed_at) as day,
  min_by(price, observed_at) as open, max(price) as high, min(price) as low, max_by(price, observed_at) as close,
  count(*) as tick_count, sum(amount) as traded
from ticks
group by source, coin_id, vs_currency, date(observed_at)
""").show()`;
}

function rootOf(place: ArchivePlace): string {
  switch (place.kind) {
    case 's3':
      return `s3a://${place.bucket}/${place.prefix}`;
    case 'webhdfs': {
      const url = new URL(place.origin);
      return `${url.protocol === 'https:' ? 'swebhdfs' : 'webhdfs'}://${url.host}${place.folder}/`;
    }
    case 'folder':
      return `${place.folder.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
  }
}
