package arena.local.template;

import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Parses YAML with CloudFormation's short tags into maps, lists and scalars with the long names:
 * {@code !Ref X} becomes {@code {"Ref": "X"}}.
 */
final class TemplateYaml {
  private static final int MAX_CHARACTERS = 1_000_000;
  private static final int MAX_DEPTH = 60;

  private TemplateYaml() {}

  static Map<String, Object> parse(String name, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setNestingDepthLimit(MAX_DEPTH);
    Object root;
    try {
      root = new Yaml(new Tags(options)).load(text);
    } catch (YAMLException e) {
      throw new InvalidTemplate(name, "invalid YAML: " + e.getMessage(), e);
    }
    return TemplateValues.map(name, root);
  }

  private static final class Tags extends SafeConstructor {
    Tags(LoaderOptions options) {
      super(options);
      yamlMultiConstructors.put(
          "!",
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              return tagged(node);
            }
          });
    }

    private Object tagged(Node node) {
      String tag = node.getTag().getValue().substring(1);
      Object value =
          switch (node) {
            case ScalarNode scalar -> scalar.getValue();
            case SequenceNode sequence -> constructSequence(sequence);
            case MappingNode mapping -> constructMapping(mapping);
            default -> throw new YAMLException("an alias cannot have the tag !" + tag);
          };
      return switch (tag) {
        case "Ref" -> Map.of(tag, value);
        case "GetAtt" -> Map.of("Fn::GetAtt", attribute(value));
        default -> Map.of("Fn::" + tag, value);
      };
    }

    private static Object attribute(Object value) {
      if (value instanceof String text && text.indexOf('.') > 0) {
        int dot = text.indexOf('.');
        return List.of(text.substring(0, dot), text.substring(dot + 1));
      }
      return value;
    }
  }
}
