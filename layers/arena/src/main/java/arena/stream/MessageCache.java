package arena.stream;

import arena.stream.EventBatches.Batch;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Messages with events by their first seq, of a limited total size. Thread-safe. */
final class MessageCache {
  /** Maximum number of characters of all messages; a run of 20,000 events has about as many. */
  private static final long MAX_CHARACTERS = 24L * 1024 * 1024;

  private final Map<Long, Batch.Events> messages = new LinkedHashMap<>(16, 0.75f, true);
  private final TreeSet<Long> full = new TreeSet<>();
  private long characters;

  synchronized Batch.@Nullable Events get(long from) {
    return messages.get(from);
  }

  /**
   * Adds a message and removes those that were not used for longest, if there are too many.
   *
   * @param isFull whether the message ends because of its size, and not because later events were
   *     not there yet
   */
  synchronized void put(long from, Batch.Events message, boolean isFull) {
    remove(from);
    messages.put(from, message);
    characters += message.message().length();
    if (isFull) {
      full.add(from);
    }
    Iterator<Map.Entry<Long, Batch.Events>> eldest = messages.entrySet().iterator();
    while (characters > MAX_CHARACTERS) {
      Map.Entry<Long, Batch.Events> removed = eldest.next();
      eldest.remove();
      characters -= removed.getValue().message().length();
      full.remove(removed.getKey());
    }
  }

  private void remove(long from) {
    Batch.Events replaced = messages.remove(from);
    if (replaced != null) {
      characters -= replaced.message().length();
      full.remove(from);
    }
  }

  /** Returns the first seq of the next full message after {@code seq}; 0 if there is none. */
  synchronized long nextFull(long seq) {
    Long next = full.higher(seq);
    return next == null ? 0 : next;
  }
}
