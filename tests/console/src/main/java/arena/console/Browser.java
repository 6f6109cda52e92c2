package arena.console;

import arena.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium with one page. Elements are named by their attribute {@code data-test}, as
 * the console's README lists them. Every wait has a bound.
 */
public final class Browser implements AutoCloseable {
  /** Longest wait for anything on the page. */
  public static final Duration BOUND = Duration.ofSeconds(30);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  /**
   * Records when a view is ready, and the sockets, so that a test can close them as a network does.
   */
  private static final String OBSERVE =
      """
      new MutationObserver(() => {
        if (document.body?.dataset.ready) {
          window.testReadyAt ??= performance.now();
        }
      }).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"]});
      window.testSockets = [];
      window.WebSocket = class extends WebSocket {
        constructor(...args) {
          super(...args);
          window.testSockets.push(this);
          this.addEventListener("message", event => window.testDrops && event.stopImmediatePropagation());
        }
      };
      """;

  private final ChromeDriver driver;
  private final URI url;

  /** A size of the page, in CSS pixels. */
  public enum Screen {
    PHONE(390, 844),
    DESKTOP(1440, 900);

    private final int width;
    private final int height;

    Screen(int width, int height) {
      this.width = width;
      this.height = height;
    }
  }

  /** The system's colour scheme. */
  public enum Theme {
    LIGHT,
    DARK
  }

  /**
   * Starts a browser.
   *
   * @param url the address of the console
   * @param profile an empty folder for its state
   */
  public Browser(Chromium chromium, URI url, Path profile) {
    this.url = url;
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.browser().toFile());
    options.addArguments(
        "--headless=new",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-precise-memory-info",
        "--user-data-dir=" + profile);
    if (System.getProperty("user.name").equals("root")) {
      options.addArguments("--no-sandbox"); // which root cannot have
    }
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(chromium.driver().toFile())
                .usingAnyFreePort()
                .withSilent(true)
                .build(),
            options);
    driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", OBSERVE));
    show(Screen.DESKTOP, Theme.LIGHT);
  }

  /** Sets the size of the page and the system's colour scheme. */
  public void show(Screen screen, Theme theme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            screen.width,
            "height",
            screen.height,
            "deviceScaleFactor",
            1,
            "mobile",
            screen == Screen.PHONE));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of(
                    "name", "prefers-color-scheme", "value", theme.name().toLowerCase(Locale.ROOT)),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Loads the console with a fragment, and waits for its view. */
  public void open(String fragment, String view) {
    driver.get("about:blank");
    driver.get(url.resolve("/").toString() + fragment);
    awaitView(view);
  }

  /** Loads another page of the arena. */
  public void openPath(String path) {
    driver.get(url.resolve(path).toString());
  }

  /** Loads the page again. */
  public void reload() {
    driver.navigate().refresh();
  }

  /** Goes back in the history. */
  public void back() {
    driver.navigate().back();
  }

  /** Waits until a view shows its data. */
  public void awaitView(String view) {
    await("the view " + view, () -> view.equals(run("return document.body.dataset.ready ?? ''")));
  }

  /** The fragment of the address. */
  public String fragment() {
    return String.valueOf(run("return location.hash"));
  }

  /** Runs a script's statements, and returns the value that they return. */
  public Object run(String script, Object... arguments) {
    Object result = driver.executeScript(script, arguments);
    return result == null ? "" : result;
  }

  /** Runs a script that calls its last argument with its result. */
  public Object runAsync(Duration bound, String script, Object... arguments) {
    driver.manage().timeouts().scriptTimeout(bound);
    Object result = driver.executeAsyncScript(script, arguments);
    return result == null ? "" : result;
  }

  private static By by(String test) {
    return By.cssSelector(selector(test));
  }

  private static String selector(String test) {
    return "[data-test=\"" + test + "\"]";
  }

  /** Whether the page has an element. */
  public boolean has(String test) {
    return Boolean.TRUE.equals(
        run("return document.querySelector(arguments[0]) !== null", selector(test)));
  }

  /** Waits for an element. */
  public WebElement find(String test) {
    await(test, () -> has(test));
    return driver.findElement(by(test));
  }

  /** All elements with this name. */
  public List<WebElement> all(String test) {
    return driver.findElements(by(test));
  }

  /** Waits for an element, and clicks it. */
  public void click(String test) {
    await(
        test + " to be clicked",
        () -> {
          List<WebElement> found = all(test);
          if (found.isEmpty() || !found.getFirst().isEnabled()) {
            return false;
          }
          run("arguments[0].scrollIntoView({block: 'center'})", found.getFirst());
          found.getFirst().click();
          return true;
        });
  }

  /** Waits for a field, and replaces its text. */
  public void type(String test, String text) {
    WebElement field = find(test);
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
    field.sendKeys(text);
  }

  /** Sends keys to the page. */
  public void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Sends a key to the page while Shift is held. */
  public void pressShift(CharSequence key) {
    new Actions(driver).keyDown(Keys.SHIFT).sendKeys(key).keyUp(Keys.SHIFT).perform();
  }

  /** Selects the text of the field in focus. */
  public void selectAll() {
    new Actions(driver).keyDown(Keys.CONTROL).sendKeys("a").keyUp(Keys.CONTROL).perform();
  }

  /**
   * The text of an element; empty if it is not there. Read by a script, because the driver keeps
   * every element that it has found in memory, and with it the view that it was part of.
   */
  public String text(String test) {
    return (String)
        run("return document.querySelector(arguments[0])?.innerText ?? ''", selector(test));
  }

  /**
   * Asserts that parts of an element's text are shown from left to right in this order, as a
   * sentence is in which a name is written from right to left.
   */
  public void assertReadsFromLeft(String test, List<String> parts) {
    find(test);
    Object fault =
        run(
            """
            const [selector, parts] = arguments;
            const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
            const nodes = [];
            let text = "";
            while (walker.nextNode()) {
              nodes.push({node: walker.currentNode, start: text.length});
              text += walker.currentNode.data;
            }
            const place = index => {
              const {node, start} = nodes.findLast(one => one.start <= index);
              return [node, index - start];
            };
            let from = 0;
            let before = null;
            for (const part of parts) {
              const index = text.indexOf(part, from);
              if (index < 0) {
                return `"${part}" is not in "${text}"`;
              }
              from = index + part.length;
              const range = document.createRange();
              range.setStart(...place(index));
              range.setEnd(...place(from - 1).map((at, i) => i === 0 ? at : at + 1));
              const {left, right, top} = range.getBoundingClientRect();
              if (before !== null && Math.abs(top - before.top) < 4 && left < before.right - 1) {
                return `"${part}" is left of what it follows in "${text}"`;
              }
              before = {right, top};
            }
            return "";
            """,
            selector(test),
            parts);
    if (!"".equals(fault)) {
      throw new AssertionError(fault);
    }
  }

  /** Waits until an element's text contains another. */
  public void awaitText(String test, String part) {
    await(test + " with " + part, () -> text(test).contains(part));
  }

  /**
   * Waits until something holds.
   *
   * @throws AssertionError if it does not within {@link #BOUND}
   */
  public void await(String what, BooleanSupplier holds) {
    await(what, BOUND, holds);
  }

  /**
   * Waits until something holds that takes longer than other things.
   *
   * @throws AssertionError if it does not within the bound
   */
  public void await(String what, Duration bound, BooleanSupplier holds) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (true) {
      try {
        if (holds.getAsBoolean()) {
          return;
        }
      } catch (StaleElementReferenceException
          | ElementNotInteractableException
          | JavascriptException _) {
        // the page has just been drawn again
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "not within "
                + bound.toSeconds()
                + " s: "
                + what
                + "; the page at "
                + fragment()
                + " has: "
                + cut(String.valueOf(run("return document.body.innerText"))));
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  private static String cut(String text) {
    return text.length() > 1_500 ? text.substring(0, 1_500) + "…" : text;
  }

  /** Cuts the page off from the network, or connects it again. Open sockets are closed. */
  public void offline(boolean offline) {
    driver.executeCdpCommand("Network.enable", Map.of());
    driver.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    if (offline) {
      closeSockets();
    }
  }

  /** Drops all messages that the page's sockets receive, or no longer. */
  public void dropMessages(boolean drops) {
    run("window.testDrops = arguments[0]", drops);
  }

  /** Delivers a message to the page's newest socket, as if the service had sent it. */
  public void receive(String message) {
    run(
        "window.testSockets.at(-1).dispatchEvent(new MessageEvent('message', {data: arguments[0]}))",
        message);
  }

  /** The name of the element in focus; empty if it has none. */
  public String focused() {
    return String.valueOf(run("return document.activeElement?.dataset.test ?? ''"));
  }

  /** Presses Tab until an element is in focus. */
  public void tabTo(String test) {
    await(
        "the focus on " + test,
        () -> {
          if (focused().equals(test)) {
            return true;
          }
          press(Keys.TAB);
          return focused().equals(test);
        });
  }

  /** Rows of a table's body, in an element. */
  public static final By ROWS = By.cssSelector("tbody tr");

  /** Answers that pages get in place of the service's, until they are closed. */
  public interface Answers extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Answers requests of the pages that are opened from now on.
   *
   * @param answers JSON by method and path, such as {@code GET /experiments}; requests to other
   *     paths reach the service. Bodies of answered requests are in {@code window.testRequests}
   */
  public Answers answerWith(Map<String, String> answers) {
    String source =
        """
        {
          const answers = %s;
          const served = window.fetch;
          window.testRequests = [];
          window.fetch = (url, options = {}) => {
            const path = new URL(url, location.href).pathname;
            const answer = answers[`${options.method ?? "GET"} ${path}`];
            if (answer === undefined) {
              return served(url, options);
            }
            if (options.body !== undefined) {
              window.testRequests.push(options.body);
            }
            return Promise.resolve(new Response(answer, {headers: {"content-type": "application/json"}}));
          };
        }
        """;
    ObjectNode object = Json.object();
    answers.forEach(object::put);
    Object id =
        driver
            .executeCdpCommand(
                "Page.addScriptToEvaluateOnNewDocument",
                Map.of("source", source.replace("%s", Json.write(object))))
            .get("identifier");
    return () ->
        driver.executeCdpCommand(
            "Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", id));
  }

  /** Waits for a select, and chooses an option by its value. */
  public void choose(String test, String value) {
    find(test);
    run(
        "const select = document.querySelector(arguments[0]); select.value = arguments[1];"
            + " select.dispatchEvent(new Event('change', {bubbles: true}))",
        selector(test),
        value);
  }

  /** Closes the page's sockets, as a gateway does. */
  public void closeSockets() {
    run("window.testSockets.splice(0).forEach(socket => socket.close())");
  }

  /** Time from the start of the navigation until the first view was ready. */
  public double readyMillis() {
    return ((Number) run("return window.testReadyAt")).doubleValue();
  }

  /** Deletes all files that the browser keeps. */
  public void forgetFiles() {
    driver.executeCdpCommand("Network.clearBrowserCache", Map.of());
  }

  /** The size of the page's JavaScript heap, after a garbage collection. */
  public double heapBytes() {
    driver.executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
    return ((Number) run("return performance.memory.usedJSHeapSize")).doubleValue();
  }

  /** What the browser's console reports as errors since the last call, without failed requests. */
  public List<String> errors() {
    List<String> errors = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      if (entry.getLevel().intValue() >= Level.SEVERE.intValue()
          && !entry.getMessage().contains("Failed to load resource")
          && !entry.getMessage().contains("WebSocket connection to")) {
        errors.add(entry.getMessage());
      }
    }
    return errors;
  }

  /** Checks the page with axe-core, and returns its serious and critical findings. */
  public List<String> accessibilityFaults() {
    if (!Boolean.TRUE.equals(run("return window.axe !== undefined"))) {
      run(axe());
    }
    Object found =
        runAsync(
            BOUND,
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ["violations"]}).then(result => done(result.violations
              .filter(one => one.impact === "serious" || one.impact === "critical")
              .flatMap(one => one.nodes.slice(0, 3).map(node =>
                one.id + ": " + one.help + ": " + node.html.slice(0, 200) + " " + node.failureSummary)))
            , error => done([String(error)]));
            """);
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }

  private static String axe() {
    Properties jar = new Properties();
    try (InputStream in = resource("/META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
      jar.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String script =
        "/META-INF/resources/webjars/axe-core/" + jar.getProperty("version") + "/axe.min.js";
    try (InputStream in = resource(script)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) {
    InputStream in = Browser.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("missing resource " + name);
    }
    return in;
  }

  /** Writes a picture of what is visible. */
  public void screenshot(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the browser. */
  @Override
  public void close() {
    driver.quit();
  }
}
