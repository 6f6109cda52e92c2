package arena.local.log;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Shares the process's one standard output among the functions, as if each had its own process:
 * what a function's thread, or a thread that it started, prints goes to that function's log; all
 * else goes where the stack says.
 *
 * <p>It must be in place before the logging library starts, because that keeps the stream it finds.
 */
public final class ProcessOutput {
  private static final InheritableThreadLocal<LogFile> CURRENT = new InheritableThreadLocal<>();
  private static final AtomicReference<LogFile> STACK = new AtomicReference<>();
  private static final PrintStream CONSOLE = System.out;

  /** What each function's thread has begun of a line. */
  private static final ThreadLocal<ByteArrayOutputStream> BEGUN =
      ThreadLocal.withInitial(ByteArrayOutputStream::new);

  /** Longest line that is kept together. */
  private static final int MAX_LINE_BYTES = 1024 * 1024;

  private static boolean installed;

  private ProcessOutput() {}

  /** Takes over standard output and standard error, once a process. */
  public static synchronized void install() {
    if (installed) {
      return;
    }
    installed = true;
    System.setOut(divided(System.out));
    System.setErr(divided(System.err));
  }

  /** Where standard output went before it was taken over. */
  public static PrintStream console() {
    return CONSOLE;
  }

  private static PrintStream divided(PrintStream original) {
    return new PrintStream(new Divided(original), true, StandardCharsets.UTF_8);
  }

  /**
   * From now on, what no function prints goes to this log; to where it went before the stack, if
   * null.
   */
  public static void everythingElseTo(LogFile log) {
    STACK.set(log);
  }

  /** From now on, what this thread prints goes to this log. */
  public static void thisThreadTo(LogFile log) {
    CURRENT.set(log);
  }

  /** This thread prints no more: what it began of a line is not lost. */
  public static void thisThreadEnds() {
    LogFile log = CURRENT.get();
    ByteArrayOutputStream begun = BEGUN.get();
    if (log != null && begun.size() > 0) {
      begun.write('\n');
      log.write(begun.toByteArray(), 0, begun.size());
    }
    BEGUN.remove();
  }

  private static final class Divided extends OutputStream {
    private final PrintStream original;

    Divided(PrintStream original) {
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

    /** A long line comes in parts; those of another thread must not come in between. */
    private static void writeLines(LogFile log, byte[] bytes, int offset, int length) {
      ByteArrayOutputStream begun = BEGUN.get();
      begun.write(bytes, offset, length);
      boolean endsLine = length > 0 && bytes[offset + length - 1] == '\n';
      if (endsLine || begun.size() >= MAX_LINE_BYTES) {
        log.write(begun.toByteArray(), 0, begun.size());
        begun.reset();
      }
    }

    @Override
    public void flush() {
      original.flush();
    }
  }
}
