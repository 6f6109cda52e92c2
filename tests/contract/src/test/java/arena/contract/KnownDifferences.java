package arena.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Expects the failures of {@link ExternalAws} that are listed in the file {@code
 * ARENA_KNOWN_DIFFERENCES}: one line for each test, {@code Class.method: reason}, and comments
 * after {@code #}.
 *
 * <p>A listed test that fails is reported as skipped, with the reason. A listed test that succeeds
 * is reported as failed, so that the list has only what differs.
 */
class KnownDifferences implements InvocationInterceptor {
  private static final String SETTING = "ARENA_KNOWN_DIFFERENCES";
  private static final String SEPARATOR = ": ";

  @Override
  public void interceptTestMethod(
      Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
      throws Throwable {
    intercept(test, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
      throws Throwable {
    intercept(test, context);
  }

  private static void intercept(Invocation<Void> test, ExtensionContext context) throws Throwable {
    String name =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName();
    Optional<String> reason = reason(name);
    try {
      test.proceed();
    } catch (TestAbortedException e) {
      throw e;
    } catch (Throwable e) {
      if (reason.isPresent()) {
        throw new TestAbortedException("known difference: " + reason.get(), e);
      }
      throw e;
    }
    if (reason.isPresent()) {
      throw new AssertionFailedError(
          name + " succeeds; remove its line from the known differences: " + reason.get());
    }
  }

  private static Optional<String> reason(String name) {
    String file = System.getenv(SETTING);
    if (ExternalAws.endpoint().isEmpty() || file == null || file.isBlank()) {
      return Optional.empty();
    }
    return lines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name + SEPARATOR))
        .map(line -> line.substring(name.length() + SEPARATOR.length()))
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
