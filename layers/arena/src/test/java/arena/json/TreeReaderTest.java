package arena.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees are read and written as Jackson's mapper does. */
class TreeReaderTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final TreeReader READER = new TreeReader(new JsonFactory());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "\"text\"",
        "{\"a\":[1,{\"b\":null}],\"c\":false}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "[2147483647,2147483648,-9223372036854775808,9223372036854775808]",
        "[1.0,1e5,-0.0,1e400,0.1,123456789.123456789012345678901234567890]",
        "\"\\u0000\\ud83d\\ude00\\ud800\\/\\\"\"",
        " 1 2 ",
        "",
        " "
      })
  void readsAndWritesLikeTheMapper(String json) throws JsonProcessingException {
    JsonNode expected = MAPPER.readTree(json);
    assertEquals(expected, Json.read(json));
    assertEquals(
        expected.isMissingNode() ? "null" : expected.toString(), Json.write(Json.read(json)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[1", "[1,]", "{\"a\"}", "nul", "'a'", "01", "NaN", "\"\n\"", "}"})
  void rejectsWhatTheMapperRejects(String json) {
    assertThrows(JsonProcessingException.class, () -> MAPPER.readTree(json));
    assertThrows(JsonProcessingException.class, () -> Json.read(json));
  }

  @Provide
  Arbitrary<JsonNode> trees() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    Arbitrary<String> texts = Arbitraries.strings().all().ofMaxLength(8);
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            texts.map(nodes::textNode),
            Arbitraries.doubles().map(nodes::numberNode),
            Arbitraries.longs().map(nodes::numberNode),
            Arbitraries.bigIntegers().map(nodes::numberNode),
            Arbitraries.of(true, false).map(nodes::booleanNode),
            Arbitraries.just(nodes.nullNode()));
    return Arbitraries.recursive(
        () -> leaves,
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(4).map(list -> nodes.arrayNode().addAll(list)),
                Arbitraries.maps(texts, inner)
                    .ofMaxSize(4)
                    .map(
                        fields -> {
                          ObjectNode object = nodes.objectNode();
                          fields.forEach(object::set);
                          return object;
                        })),
        0,
        4);
  }

  @Property(tries = 500)
  void writesLikeTheMapperAndReadsTheSameAgain(@ForAll("trees") JsonNode tree)
      throws JsonProcessingException {
    String json = Json.write(tree);
    assertEquals(tree.toString(), json);
    assertEquals(MAPPER.readTree(json), Json.read(json));
  }

  @Test
  void writesRawJsonAsItIs() {
    ObjectNode json = Json.object();
    json.putArray("events").addRawValue(new RawValue("{\"a\": 200.0}"));
    assertEquals("{\"events\":[{\"a\": 200.0}]}", Json.write(json));
  }

  @Test
  void rejectsASecondValueIfThereMustBeOnlyOne() throws JsonProcessingException {
    assertEquals(1, READER.only(" 1 ").intValue());
    assertTrue(READER.only("").isMissingNode());
    assertThrows(JsonProcessingException.class, () -> READER.only("1 2"));
    assertThrows(JsonProcessingException.class, () -> READER.only("{} x"));
  }

  @Test
  void appliesTheFeaturesAndLimitsOfItsFactory() {
    TreeReader strict =
        new TreeReader(
            new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());
    assertThrows(JsonProcessingException.class, () -> strict.only("{\"a\":1,\"a\":2}"));
    String deep = "[".repeat(1_001) + "]".repeat(1_001);
    assertThrows(StreamConstraintsException.class, () -> READER.first(deep));
  }
}
