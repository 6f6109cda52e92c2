package arena.http;

import arena.json.Json;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.PromptVariant;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Named, versioned profiles: the built-in ones, and those of a deployment's file. */
public final class Presets {
  /** Most presets of a file. */
  static final int MAX = 50;

  /** Largest file, in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  private static final int MAX_VERSION = 9_999;
  private static final String NAME_LIMIT =
      "1 to 40 lower-case letters, digits and hyphens, a letter or digit first";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
  private static final List<String> FIELDS = List.of("name", "version", "profile");

  /** The presets of every deployment. */
  static final List<Preset> BUILT_IN =
      List.of(
          new Preset("scripted-strategy", 1, Profile.DEFAULT),
          new Preset("scripted-bare", 1, scripted(PromptVariant.BARE)));

  private Presets() {}

  /**
   * A preset. A changed profile is a new version, so that results stay comparable.
   *
   * @param version from 1
   */
  record Preset(String name, int version, Profile profile) {
    ObjectNode toJson() {
      ObjectNode json = Json.object().put("name", name).put("version", version);
      json.set("profile", RunJson.profile(profile));
      return json;
    }
  }

  private static Profile scripted(PromptVariant variant) {
    return new ProfileFields(
            Optional.empty(),
            Optional.of(Profile.SCRIPTED),
            Optional.empty(),
            Optional.of(variant),
            Optional.empty())
        .withDefaults();
  }

  /**
   * Parses a deployment's presets: a JSON array of objects with {@code name}, {@code version} and
   * {@code profile}, a profile as in {@code POST /runs}. A profile without a name gets {@code
   * <name>-v<version>}.
   *
   * @param offered whether the deployment offers a model
   * @throws IllegalArgumentException with the field and its limit, if the text is invalid
   */
  static List<Preset> parse(String json, Predicate<String> offered) {
    JsonNode array = array(json);
    Set<String> seen = new HashSet<>();
    BUILT_IN.forEach(preset -> seen.add(preset.name()));
    List<Preset> presets = new ArrayList<>();
    for (JsonNode item : array) {
      String where = where(item, presets.size());
      Preset preset = preset(item, where);
      if (!offered.test(preset.profile().model())) {
        throw new IllegalArgumentException(
            "%s: profile.model is not offered by this deployment: %s"
                .formatted(where, preset.profile().model()));
      }
      boolean builtIn = BUILT_IN.stream().anyMatch(known -> known.name().equals(preset.name()));
      if (builtIn || !seen.add(preset.name() + " " + preset.version())) {
        throw new IllegalArgumentException(
            "%s: name and version must differ from those of other presets".formatted(where));
      }
      presets.add(preset);
    }
    return List.copyOf(presets);
  }

  /** Names a preset by its place and, if it has one, its name. */
  private static String where(JsonNode item, int index) {
    Optional<String> name =
        Optional.ofNullable(item.path("name").textValue()).flatMap(Presets::name);
    return String.format(
        Locale.ROOT, "presets[%d]%s", index, name.map(text -> " (" + text + ")").orElse(""));
  }

  private static JsonNode array(String json) {
    JsonNode array;
    try {
      array = Json.read(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("presets must be a JSON array", e);
    }
    if (!array.isArray()) {
      throw new IllegalArgumentException("presets must be a JSON array");
    }
    if (array.size() > MAX) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "presets is %d and must be at most %d", array.size(), MAX));
    }
    return array;
  }

  private static Preset preset(JsonNode item, String where) {
    try {
      JsonFields fields = JsonFields.read(Json.write(item), FIELDS);
      String name =
          fields
              .value("name", "a name", NAME_LIMIT, Presets::name)
              .orElseThrow(() -> fields.missing("name", NAME_LIMIT));
      int version =
          fields
              .integer("version", 1, MAX_VERSION)
              .orElseThrow(() -> fields.missing("version", "an integer from 1"));
      ProfileFields given = RequestReader.profile(fields);
      Profile profile = given.withDefaults();
      Profile named =
          given.name().isPresent()
              ? profile
              : profile.withName(String.format(Locale.ROOT, "%s-v%d", name, version));
      return new Preset(name, version, named);
    } catch (ApiException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }

  private static Optional<String> name(String text) {
    return Optional.of(text).filter(name -> NAME.matcher(name).matches());
  }
}
