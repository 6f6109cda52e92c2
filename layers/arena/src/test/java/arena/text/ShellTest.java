package arena.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Words of shell commands. */
class ShellTest {
  @Test
  void quotesWhatTheShellInterprets() {
    assertEquals("'a b'", Shell.quote("a b"));
    assertEquals("''\\''; touch x; '\\'''", Shell.quote("'; touch x; '"));
    assertEquals("localhost", Shell.word("localhost"));
    assertEquals("'$(touch x)'", Shell.word("$(touch x)"));
    assertEquals("''", Shell.word(""));
  }
}
