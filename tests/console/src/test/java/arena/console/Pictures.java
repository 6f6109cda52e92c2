package arena.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.function.Executable;

/** Pictures of pages on every screen and in every theme, and checks of what they show. */
record Pictures(Browser browser) {
  private static final Path FOLDER = Path.of("..", "target", "screenshots");

  /** Makes the picture of what is shown. */
  void make(String name, Enum<?>... variants) {
    browser.screenshot(FOLDER.resolve(file(name, variants)));
  }

  /**
   * Makes the pictures of a page, and adds the checks that it is accessible and not wider than the
   * screen.
   *
   * @param open opens the page
   */
  void check(String name, Runnable open, List<Executable> checks) {
    for (Browser.Screen screen : Browser.Screen.values()) {
      for (Browser.Theme theme : Browser.Theme.values()) {
        browser.show(screen, theme);
        open.run();
        make(name, screen, theme);
        String picture = file(name, screen, theme);
        List<String> faults = browser.accessibilityFaults();
        checks.add(() -> assertEquals(List.of(), faults, picture));
        long sideways =
            (Long)
                browser.run(
                    "return document.documentElement.scrollWidth"
                        + " - document.documentElement.clientWidth");
        checks.add(() -> assertEquals(0, sideways, picture));
      }
    }
  }

  private static String file(String name, Enum<?>... variants) {
    StringBuilder file = new StringBuilder(name);
    for (Enum<?> variant : variants) {
      file.append('-').append(variant.name().toLowerCase(Locale.ROOT));
    }
    return file.append(".png").toString();
  }
}
