package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a key may be sent. */
class ModelBaseUrlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.example.com/v1",
        "HTTPS://api.example.com",
        "http://localhost:11434/v1",
        "http://127.0.0.1:8080/v1",
        "http://127.9.9.9/v1",
        "http://[::1]:8080/v1",
        "http://10.1.2.3/v1",
        "http://172.16.0.1/v1",
        "http://172.31.255.255/v1",
        "http://192.168.1.10:1234/v1?a=b",
        "http://169.254.1.1/v1",
        "http://[fd00::1]/v1",
        "http://[fe80::1]/v1",
        "http://workstation.local:1234/v1",
        "http://vllm.internal./v1"
      })
  void takesAKeyWithTlsOrInAPrivateNetwork(String base) {
    assertEquals(Optional.empty(), ModelBaseUrl.problem(ModelService.OPENAI, base, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.example.com/v1",
        "http://8.8.8.8/v1",
        "http://172.32.0.1/v1",
        "http://192.169.0.1/v1",
        "http://[2001:db8::1]/v1",
        "http://[::ffff:8.8.8.8]/v1",
        "http://localhost.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://mylocal/v1",
        "http://10.example.com/v1"
      })
  void takesAKeyToAPublicAddressOnlyWithTls(String base) {
    String problem = ModelBaseUrl.problem(ModelService.OPENAI, base, true).orElseThrow();
    assertTrue(problem.startsWith("ARENA_OPENAI_BASE_URL must begin with https://"), problem);
    assertEquals(Optional.empty(), ModelBaseUrl.problem(ModelService.OPENAI, base, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:11434/v1", "ftp://host/v1", "http://user:word@host/v1", "%"})
  void rejectsWhatIsNotABaseUrl(String base) {
    String problem = ModelBaseUrl.problem(ModelService.OPENAI, base, false).orElseThrow();
    assertTrue(problem.startsWith("ARENA_OPENAI_BASE_URL is invalid"), problem);
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.anthropic.com, https://api.anthropic.com/v1/messages",
    "https://api.anthropic.com/, https://api.anthropic.com/v1/messages",
    "https://host/v1, https://host/v1/messages",
    "https://host/v1/messages, https://host/v1/messages",
    "https://host/anthropic?a=b, https://host/anthropic/v1/messages?a=b",
  })
  void completesTheAddressOfAnthropicsCalls(String base, String call) {
    assertEquals(URI.create(call), ModelBaseUrl.call(ModelService.ANTHROPIC, base, true));
  }

  @Test
  void namesTheVariablesOfAnthropic() {
    String problem =
        ModelBaseUrl.problem(ModelService.ANTHROPIC, "http://host.example.com", true).orElseThrow();
    assertTrue(
        problem.startsWith(
            "ARENA_ANTHROPIC_BASE_URL must begin with https:// if ARENA_ANTHROPIC_API_KEY is set"),
        problem);
  }
}
