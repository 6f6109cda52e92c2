package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HttpInterfaceTest {
  @Test
  void commandsSendTheTokenOnlyIfOneIsNeeded() {
    String url = "https://arena.example.com";
    assertEquals(
        "curl -s -X POST 'https://arena.example.com/runs'",
        new HttpInterface(url, false).curl("/runs", "-X POST"));
    assertEquals(
        "curl -s -H \"authorization: Bearer $ARENA_TOKEN\" 'https://arena.example.com/replays'",
        new HttpInterface(url, true).curl("/replays", ""));
  }
}
