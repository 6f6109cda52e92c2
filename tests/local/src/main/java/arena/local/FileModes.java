package arena.local;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Keeps files from other users of the machine, where the file system knows users. */
final class FileModes {
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private FileModes() {}

  private static boolean supported() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  /** Creates a folder. */
  static Path createFolder(Path folder) throws IOException {
    return supported()
        ? Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(FOLDER))
        : Files.createDirectory(folder);
  }

  /** Creates a folder, or makes an existing one private if this user owns it. */
  static void privateFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      createFolder(folder);
    } else if (openToOthers(folder).isPresent()) {
      makePrivate(folder);
    }
  }

  /** Returns the permissions and the owner of a file that others can use; empty if none can. */
  static Optional<String> openToOthers(Path file) throws IOException {
    if (!supported()) {
      return Optional.empty();
    }
    PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
    String permissions = PosixFilePermissions.toString(attributes.permissions());
    return permissions.endsWith("------")
        ? Optional.empty()
        : Optional.of(permissions + ", owned by " + attributes.owner().getName());
  }

  /** Removes the permissions of others from a folder; returns false if another user owns it. */
  static boolean makePrivate(Path folder) {
    try {
      Files.setPosixFilePermissions(folder, FOLDER);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Writes a file that only its owner can read, whole or not at all. */
  static void writePrivately(Path file, String text) throws IOException {
    Path part =
        Files.createTempFile(
            file.getParent(),
            file.getFileName().toString(),
            ".part",
            supported()
                ? new FileAttribute<?>[] {
                  PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0]);
    Files.writeString(part, text);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
