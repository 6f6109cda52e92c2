package arena.local.build;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A set of sources that is compiled at once.
 *
 * @param name its folder, and {@code :test} if it is the folder's tests
 * @param sources folders of Java sources
 * @param resources files that are copied as they are
 * @param classes the folder of its class files
 * @param libraries a file with the class path of what it uses from elsewhere
 * @param mavenStatus what Maven's compiler notes about this module
 * @param uses the modules that it is compiled against
 */
record Module(
    String name,
    List<Path> sources,
    List<Resource> resources,
    Path classes,
    Path libraries,
    Path mavenStatus,
    List<Module> uses) {
  /**
   * Files that are copied.
   *
   * @param from a file, or a folder with all its files
   * @param to the folder among the class files
   */
  record Resource(Path from, String to) {
    /** The folder that paths of the copies are relative to. */
    Path base() {
      return Files.isDirectory(from) ? from : from.getParent();
    }
  }

  /** The file that notes what the class files were compiled from. */
  Path state() {
    return classes.resolveSibling(classes.getFileName() + ".state");
  }
}
