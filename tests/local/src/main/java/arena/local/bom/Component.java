package arena.local.bom;

import java.util.List;

/**
 * A library of the bill of materials.
 *
 * @param name its group and name, such as {@code redis.clients:jedis}
 * @param licences SPDX ids or names; a user chooses one of them
 * @param shipped whether it is in a layer or a function, and not only a tool of the tests
 */
record Component(String name, String version, List<String> licences, boolean shipped) {
  Component {
    licences = List.copyOf(licences);
  }
}
