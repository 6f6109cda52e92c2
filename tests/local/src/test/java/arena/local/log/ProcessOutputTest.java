package arena.local.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessOutputTest {
  private static final int THREADS = 4;
  private static final int LINES = 50;

  /** Longer than all buffers: a line with a long stack trace. */
  private static final int LONG = 30_000;

  @TempDir Path folder;

  @Test
  void keepsLongLinesOfConcurrentThreadsTogether() throws Exception {
    ProcessOutput.install();
    PrintStream out = System.out;
    Path path = folder.resolve("function.log");
    try (LogFile log = new LogFile(path)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        byte[] line = (Integer.toString(i).repeat(LONG) + "\n").getBytes(StandardCharsets.UTF_8);
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      ProcessOutput.redirectThread(log);
                      for (int n = 0; n < LINES; n++) {
                        // in parts, as a logging library does
                        for (int at = 0; at < line.length; at += 8_192) {
                          out.write(line, at, Math.min(8_192, line.length - at));
                        }
                      }
                      out.print("started by " + line[0]);
                      ProcessOutput.flushThread();
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    Map<String, Integer> lines = new HashMap<>();
    Files.readAllLines(path).forEach(line -> lines.merge(line, 1, Integer::sum));
    Map<String, Integer> expected = new HashMap<>();
    for (int i = 0; i < THREADS; i++) {
      expected.put(Integer.toString(i).repeat(LONG), LINES);
      expected.put("started by " + (int) Integer.toString(i).charAt(0), 1);
    }
    assertEquals(expected, lines);
  }
}
