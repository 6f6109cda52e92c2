package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redacts secrets and nothing else. */
class RedactorTest {
  private final Redactor redactor = new Redactor(List.of("open-sesame", "x"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-proj-abcdefgh12345678",
        "AKIAIOSFODNN7EXAMPLE",
        "Bearer abcdefgh.12345678",
        "password=hunter2hunter2",
        "\\\"api_key\\\":\\\"hunter2hunter2\\\"",
        "\"aws_secret_access_key\": \"hunter2hunter2\"",
        "https://h/x?X-Amz-Signature=hunter2hunter2&y=1",
        "redis://user:hunter2hunter2@cache:6379",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh",
        "open-sesame"
      })
  void redactsTextThatLooksLikeASecret(String text) {
    String clean = redactor.redact("before " + text + " after");
    for (String secret : List.of("hunter2", "abcdefgh", "IOSFODNN7", "eyJhbGciOi", "open-sesame")) {
      assertFalse(clean.contains(secret), clean);
    }
    assertTrue(clean.startsWith("before ") && clean.endsWith(" after"), clean);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"run_id\":\"0123456789abcdef0123456789abcdef\",\"seq\":17,\"kind\":\"llm_prompt\"}",
        "redis-cli -a \"$REDIS_PASSWORD\" --no-auth-warning XLEN arena:run:1:events",
        "curl -s 'http://localhost:8000/runs?limit=100'",
        "total_cost_usd=0.25 basic strategy"
      })
  void keepsTextThatIsNotASecret(String text) {
    assertEquals(text, redactor.redact(text));
  }

  @Test
  void ignoresKnownSecretsThatAreTooShort() {
    assertEquals("extra", redactor.redact("extra"));
  }
}
