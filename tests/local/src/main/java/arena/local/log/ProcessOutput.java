package arena.local.log;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Redirects standard output and standard error by thread. Output of a function's threads, including
 * those that they start, goes to the function's log; all other output goes to the stack's log.
 *
 * <p>It must be installed before the logging library starts, which keeps the stream that it finds.
 */
public final class ProcessOutput {
  private static final InheritableThreadLocal<LogFile> CURRENT = new InheritableThreadLocal<>();
  private static final AtomicReference<LogFile> STACK = new AtomicReference<>();
  private static final PrintStream CONSOLE = System.out;

  /** The incomplete line of each function's thread. */
  private static final ThreadLocal<ByteArrayOutputStream> INCOMPLETE =
      ThreadLocal.withInitial(ByteArrayOutputStream::new);

  /** Longest line that is written in one piece. */
  private static final int MAX_LINE_BYTES = 1024 * 1024;

  private static boolean installed;

  private ProcessOutput() {}

  /** Installs the redirection, once for each process. */
  public static synchronized void install() {
    if (installed) {
      return;
    }
    installed = true;
    System.setOut(redirected(System.out));
    System.setErr(redirected(System.err));
  }

  /** Returns the original standard output. */
  public static PrintStream console() {
    return CONSOLE;
  }

  private static PrintStream redirected(PrintStream original) {
    return new PrintStream(new RedirectedStream(original), true, StandardCharsets.UTF_8);
  }

  /** Redirects output of threads that belong to no function; null restores the original stream. */
  public static void redirectOthers(LogFile log) {
    STACK.set(log);
  }

  /** Redirects output of the current thread and of those that it starts. */
  public static void redirectThread(LogFile log) {
    CURRENT.set(log);
  }

  /** Writes the incomplete line of the current thread, which is about to end. */
  public static void flushThread() {
    LogFile log = CURRENT.get();
    ByteArrayOutputStream line = INCOMPLETE.get();
    if (log != null && line.size() > 0) {
      line.write('\n');
      log.write(line.toByteArray(), 0, line.size());
    }
    INCOMPLETE.remove();
  }

  private static final class RedirectedStream extends OutputStream {
    private final PrintStream original;

    RedirectedStream(PrintStream original) {
      this.original = original;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      LogFile log = CURRENT.get();
      if (log != null) {
        writeLines(log, bytes, offset, length);
        return;
      }
      log = STACK.get();
      if (log == null) {
        original.write(bytes, offset, length);
      } else {
        log.write(bytes, offset, length);
      }
    }

    /** Collects the parts of a line, so that lines of several threads do not mix. */
    private static void writeLines(LogFile log, byte[] bytes, int offset, int length) {
      ByteArrayOutputStream line = INCOMPLETE.get();
      line.write(bytes, offset, length);
      boolean endsLine = length > 0 && bytes[offset + length - 1] == '\n';
      if (endsLine || line.size() >= MAX_LINE_BYTES) {
        log.write(line.toByteArray(), 0, line.size());
        line.reset();
      }
    }

    @Override
    public void flush() {
      original.flush();
    }
  }
}
