import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Prints each alert of the topic once. Needs Java 17, kafka-clients and jackson-databind. */
public class Consumer {
  private static final int MAX_SEEN = 100_000;

  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", System.getenv().getOrDefault("KAFKA_BROKERS", "127.0.0.1:9092"));
    settings.put("group.id", "alert-printer");
    settings.put("auto.offset.reset", "earliest");
    // An alert is done when it was printed, not when it was read.
    settings.put("enable.auto.commit", "false");

    ObjectMapper json = new ObjectMapper();
    Set<String> seen = newSeen();
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      closeAtInterrupt(consumer);
      consumer.subscribe(List.of(System.getenv().getOrDefault("KAFKA_TOPIC", "cpm.alerts")));
      while (true) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
          JsonNode event = json.readTree(record.value());
          // Fields are only ever added within a type; other types are for later programs.
          if (!event.get("type").asText().equals("crypto-price-monitor.alert.v1")) continue;
          if (!seen.add(event.get("id").asText())) continue;
          JsonNode alert = event.get("data");
          System.out.printf(
              "%s %s %s %s%n",
              event.get("time").asText(),
              alert.get("severity").asText(),
              alert.get("coin").asText(),
              alert.get("message").asText());
        }
        consumer.commitSync();
      }
    } catch (WakeupException interrupted) {
      // The consumer is closed, so that another one of the group takes over immediately.
    }
  }

  private static void closeAtInterrupt(KafkaConsumer<?, ?> consumer) {
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  consumer.wakeup();
                  try {
                    main.join();
                  } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /** Alerts are delivered at least once, and a repeat has the same id. The oldest ids are forgotten. */
  private static Set<String> newSeen() {
    return Collections.newSetFromMap(
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_SEEN;
          }
        });
  }
}
